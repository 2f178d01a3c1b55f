import io

import numpy as np
import pytest
from PIL import Image

from bowerbird.core.keys import thumb_key
from bowerbird.review.sheet.cards import card_of
from bowerbird.review.sheet.thumbs import Thumb, load_thumb
from tests.fakes import FakeStore

from .conftest import decision, landscape

KEY = "images/ab/abcd.jpg"


def test_the_stored_thumbnail_is_taken_as_it_is() -> None:
    store = FakeStore()
    store.put(thumb_key("k"), landscape(1), content_type="image/jpeg")
    assert load_thumb(store, card_of(decision("k"))) == Thumb(landscape(1), 256, 171)


def test_a_survivor_without_one_is_made_small() -> None:
    store = FakeStore()
    store.put(KEY, landscape(1, 1500, 1000), content_type="image/jpeg")
    thumb = load_thumb(store, card_of(decision("k", image=KEY)))
    assert thumb is not None
    with Image.open(io.BytesIO(thumb.data)) as image:
        assert (image.format, image.size) == ("JPEG", (256, 171))


@pytest.mark.parametrize("data", [b"<html>", landscape(1)[:900]])
def test_a_damaged_survivor_has_none(data: bytes) -> None:
    store = FakeStore()
    store.put(KEY, data, content_type="image/jpeg")
    assert load_thumb(store, card_of(decision("k", image=KEY))) is None


@pytest.mark.parametrize(
    ("size", "fills"), [((256, 171), True), ((200, 200), True), ((256, 90), False), ((128, 256), False)]
)
def test_only_a_shape_near_the_frame_fills_it(size: tuple[int, int], fills: bool) -> None:
    assert Thumb(b"", *size).fills is fills


def test_the_place_of_a_watermark_is_framed_and_never_cropped_away() -> None:
    store = FakeStore()
    store.put(thumb_key("k"), landscape(1), content_type="image/jpeg")
    facts = {"mark": [0.5, 0.5, 0.75, 0.75]}
    thumb = load_thumb(store, card_of(decision("k", keep=False, facts=facts)))
    assert thumb is not None
    assert not thumb.fills
    with Image.open(io.BytesIO(thumb.data)) as image, Image.open(io.BytesIO(landscape(1))) as before:
        changed = np.abs(np.asarray(image, int) - np.asarray(before, int)).max(axis=2) > 60
    ys, xs = np.nonzero(changed)
    assert (xs.min() / 256, xs.max() / 256) == pytest.approx((0.5, 0.75), abs=0.02)
    assert (ys.min() / 171, ys.max() / 171) == pytest.approx((0.5, 0.75), abs=0.02)
    assert not changed[95:120, 140:180].any()
