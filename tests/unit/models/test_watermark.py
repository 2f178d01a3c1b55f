"""What the classifier makes of what its network gives."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.errors import BundleError
from bowerbird.models.preprocess import Preprocess, Resize
from bowerbird.models.session import Session
from bowerbird.models.watermark import Watermark

PICTURE = Image.new("RGB", (64, 48))
CLEAN = -8.0


class Network(Session):
    """Gives what it was told to, whatever it is shown."""

    def __init__(self, *outputs: NDArray[np.float32]) -> None:
        super().__init__(Path("none.onnx"))
        self.told = list(outputs)

    def outputs(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        assert batch.shape[1:] == (3, 32, 32)
        return self.told


def classifier(*outputs: object) -> Watermark:
    network = Network(*(np.asarray(output, np.float32) for output in outputs))
    return Watermark(network, Preprocess((Resize(32),), (0.5,) * 3, (0.5,) * 3), threshold=0.5)


def heat(*marked: tuple[slice, slice]) -> NDArray[np.float32]:
    cells = np.full((1, 8, 16), CLEAN, np.float32)
    for part in marked:
        cells[0][part] = 3
    return cells


def test_a_logit_becomes_a_probability_however_large_it_is() -> None:
    found = classifier([0.0, 800.0, -800.0]).detect([PICTURE] * 3)
    assert [each.probability for each in found] == [0.5, 1.0, 0.0]
    assert all(each.place is None for each in found)


def test_two_numbers_for_one_picture_are_refused() -> None:
    with pytest.raises(BundleError, match=r"\(2,\) for 1 pictures"):
        classifier([0.1, 0.2]).detect([PICTURE])


def test_the_place_is_the_box_around_the_mark() -> None:
    (found,) = classifier([2.0], heat((slice(6, 8), slice(8, 12)))).detect([PICTURE])
    assert found.place == (0.5, 0.75, 0.75, 1.0)


def test_letters_close_together_are_one_mark_and_what_is_far_off_is_another() -> None:
    hottest = heat((slice(0, 1), slice(0, 2)), (slice(0, 1), slice(3, 5)), (slice(7, 8), slice(15, 16)))
    hottest[0, 0, 0] = 5
    (found,) = classifier([2.0], hottest).detect([PICTURE])
    assert found.place == (0.0, 0.0, 5 / 16, 1 / 8)


def test_where_no_cell_is_likely_marked_the_likeliest_is_the_place() -> None:
    cells = heat()
    cells[0, 4, 4] = -1
    (found,) = classifier([2.0], cells).detect([PICTURE])
    assert found.place == (0.25, 0.5, 0.3125, 0.625)
