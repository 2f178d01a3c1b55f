from pathlib import Path

import numpy as np
from PIL import Image

from bowerbird.review.sheet import Reference, write_sheet
from tests.fakes import FakeStore

from .conftest import decision, fill


def test_page_picture_and_histogram_are_written(run: FakeStore, reference: Reference, tmp_path: Path) -> None:
    files = write_sheet(run, tmp_path / "new" / "folder", reference=reference, title="An hour of r/all")
    assert files.page == tmp_path / "new" / "folder" / "sheet.html"
    assert '<h1 dir="auto">An hour of r/all</h1>' in files.page.read_text(encoding="utf-8")
    assert files.histogram is not None
    for picture in (files.picture, files.histogram):
        with Image.open(picture) as image:
            assert image.format == "PNG"


def test_nothing_scored_gives_no_histogram(tmp_path: Path) -> None:
    store = FakeStore()
    fill(store, [decision("g", keep=False, stage="original", reason="gone", scores={})], lambda _: None)
    files = write_sheet(store, tmp_path, reference=Reference(np.empty(0), np.empty(0)))
    assert files.histogram is None
    assert "<figure>" not in files.page.read_text(encoding="utf-8")


def test_writing_again_gives_the_same_page(run: FakeStore, tmp_path: Path) -> None:
    first = write_sheet(run, tmp_path / "1", reference=None)
    again = write_sheet(run, tmp_path / "2", reference=None)
    assert first.page.read_bytes() == again.page.read_bytes()


def test_decisions_without_a_percentile_are_placed_by_the_bundle_that_made_them(tmp_path: Path) -> None:
    store, own = FakeStore(), np.array([100.0, 110.0, 119.0, 130.0])
    fill(store, [decision("k")], lambda _: None)
    placed = write_sheet(store, tmp_path / "1", reference=Reference(own, own, bundle="lite 1")).run
    assert [card.standing for card in placed.cards] == ["better than 75 % of yours"]
    other = write_sheet(store, tmp_path / "2", reference=Reference(own, own, bundle="clip 3")).run
    assert [card.standing for card in other.cards] == [""]
