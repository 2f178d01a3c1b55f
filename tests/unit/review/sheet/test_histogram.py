import io

import numpy as np
import pytest
from PIL import Image

from bowerbird.review.palette import DARK, LIGHT
from bowerbird.review.sheet.histogram import Histogram, Reference
from bowerbird.review.sheet.summary import Run, read_run
from tests.fakes import FakeStore


def drawn(histogram: Histogram) -> bytes:
    return histogram.draw(LIGHT, inches=(6, 3), image_format="svg")


def test_scores_are_gathered_by_verdict(run: FakeStore, reference: Reference) -> None:
    histogram = Histogram.of(read_run(run), reference)
    assert histogram is not None
    sizes = [
        part.size for part in (histogram.training, histogram.held_out, histogram.kept, histogram.rejected)
    ]
    assert sizes == [900, 300, 24, 16]
    assert (histogram.kept >= 104.5).all()
    assert histogram.threshold == 104.5


def test_nothing_scored_is_no_histogram() -> None:
    assert Histogram.of(Run(()), None) is None
    assert Histogram.of(Run(()), Reference(np.array([np.nan, np.inf]))) is None


def test_a_run_without_reference_has_its_own_threshold(run: FakeStore) -> None:
    histogram = Histogram.of(read_run(run), None)
    assert histogram is not None
    assert (histogram.training.size, histogram.threshold) == (0, 104.5)


def test_scores_of_another_bundle_are_not_shown_beside_a_run(run: FakeStore) -> None:
    other = Reference(np.array([1.0]), np.array([2.0]), 1.5, "clip 3")
    histogram = Histogram.of(read_run(run), other)
    assert histogram is not None
    assert (histogram.training.size, histogram.threshold) == (0, 104.5)


def test_equal_scores_give_equal_bytes(run: FakeStore, reference: Reference) -> None:
    histogram = Histogram.of(read_run(run), reference)
    assert histogram is not None
    assert drawn(histogram) == drawn(histogram)


def test_the_drawing_has_the_size_and_the_paper_it_was_asked_for(run: FakeStore) -> None:
    histogram = Histogram.of(read_run(run), None)
    assert histogram is not None
    data = histogram.draw(DARK, inches=(5, 2), image_format="png", dpi=80)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (400, 160)
        assert image.convert("RGB").getpixel((0, 0)) == (0x12, 0x14, 0x1A)


@pytest.mark.parametrize(
    "scores",
    [np.array([3.0]), np.full(50, -7.5), np.array([-1e300, 1e300]), np.array([-1e9, 0.0, 1e-9])],
    ids=["one", "all equal", "huge", "uneven"],
)
@pytest.mark.parametrize("threshold", [None, 0.0, 3.0])
def test_odd_scores_can_be_drawn(scores: np.ndarray, threshold: float | None) -> None:
    histogram = Histogram.of(Run(()), Reference(scores, np.empty(0), threshold))
    assert histogram is not None
    assert drawn(histogram).startswith(b"<?xml")
