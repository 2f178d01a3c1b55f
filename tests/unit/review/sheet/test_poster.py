import io

import numpy as np
import pytest
from PIL import Image

from bowerbird.core.keys import thumb_key
from bowerbird.review.sheet import Reference
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.poster import draw_poster
from bowerbird.review.sheet.summary import read_run
from tests.fakes import FakeStore

from .conftest import decision, fill, landscape


def poster_of(store: FakeStore, reference: Reference | None = None, title: str = "A run") -> Image.Image:
    report = read_run(store)
    return draw_poster(report, Histogram.of(report, reference), store, title)


def _near(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have about this colour."""
    return int((np.abs(np.asarray(image).astype(int) - colour).max(axis=2) < 8).sum())


def test_a_run_is_one_tall_picture(run: FakeStore, reference: Reference) -> None:
    poster = poster_of(run, reference)
    assert (poster.width, poster.mode) == (1600, "RGB")
    assert 2_000 < poster.height < 4_000


def test_pictures_are_on_it() -> None:
    colour = (250, 10, 200)
    store = FakeStore()
    fill(store, [decision("k")], lambda _: None)
    assert not _near(poster_of(store), colour)
    thumb = io.BytesIO()
    Image.new("RGB", (256, 192), colour).save(thumb, "JPEG")
    store.put(thumb_key("k"), thumb.getvalue(), content_type="image/jpeg")
    assert _near(poster_of(store), colour) > 40_000


def test_it_does_not_grow_without_end() -> None:
    store = FakeStore()
    made = [decision(f"k{n}") for n in range(200)]
    made += [decision(f"r{n}", keep=False, stage=f"s{n % 30}", reason="no") for n in range(300)]
    fill(store, made, lambda _: None)
    assert poster_of(store).height < 4_500


def test_an_empty_place_can_be_drawn() -> None:
    assert poster_of(FakeStore()).width == 1600


@pytest.mark.parametrize(
    "text", ["\ud800 \udfff", "Z\u0335\u0336" * 90, "\u202eabc\x00\n", "🗻" * 50, "ﷺ" * 40, ""]
)
def test_odd_text_can_be_drawn(text: str) -> None:
    post = dict.fromkeys(("source", "id", "community", "author", "title"), text)
    store = FakeStore()
    made = [decision("a", submission=post, bundle=text)]
    made.append(decision("b", keep=False, stage=text, reason=f"{text}:{text}", submission=post))
    fill(store, made, lambda number: landscape(number) if number else None)
    assert poster_of(store, title=text).width == 1600


def test_a_thumbnail_that_ends_early_becomes_a_placeholder() -> None:
    store = FakeStore()
    fill(store, [decision("k")], lambda _: landscape(1)[:1_500])
    assert poster_of(store).width == 1600
