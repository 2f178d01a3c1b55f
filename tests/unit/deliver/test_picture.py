"""A gallery that takes PNG and JPEG gets one: the survivor itself, or a copy that looks like it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bowerbird.core.errors import PermanentError
from bowerbird.deliver.picture import Conversion, prepare
from bowerbird.imaging import decode
from tests import odd_pictures


@pytest.mark.parametrize("name", ["jpeg-p3.jpg", "jpeg-no-end.jpg", "png-cicp-pq.png"])
def test_what_the_gallery_takes_is_not_touched(name: str) -> None:
    data = odd_pictures.corpus()[name]
    assert prepare(data, "jpeg")[0] == data


@pytest.mark.parametrize(
    "name", ["avif-plain.avif", "avif-pq.avif", "avif-turned.avif", "webp-linear-named-srgb.webp"]
)
@pytest.mark.parametrize(("conversion", "form"), [("jpeg", "JPEG"), ("png", "PNG")])
def test_another_format_is_sent_as_it_looks(name: str, conversion: Conversion, form: str) -> None:
    data = odd_pictures.corpus()[name]
    sent, _ = prepare(data, conversion)
    with Image.open(io.BytesIO(sent)) as image:
        assert (image.format, image.mode, image.info.get("icc_profile")) == (form, "RGB", None)
        apart = np.asarray(image, np.int16) - np.asarray(decode(data), np.int16)
    assert np.abs(apart).mean() < 2


def test_the_owner_may_want_no_copies() -> None:
    with pytest.raises(PermanentError, match=r"^format: scenery takes PNG and JPEG, this is AVIF"):
        prepare(odd_pictures.corpus()["avif-plain.avif"], "skip")
