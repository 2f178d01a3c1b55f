import io

import pytest
from PIL import Image

from bowerbird.keys import thumb_key
from infra.local.sheet.cards import card_of
from infra.local.sheet.thumbs import Thumb, load_thumb
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
