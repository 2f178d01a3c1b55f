"""What Chromium shows of odd files was written down: `python -m tests.integration.chromium --record`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.integration.chromium import APART, coarse, recorded, seen
from tests.odd_pictures import corpus

SHOWN = {name: look for name, look in recorded().items() if look is not None}


@pytest.mark.parametrize("name", SHOWN)
def test_an_odd_file_looks_as_in_chromium(name: str) -> None:
    assert np.abs(coarse(seen(corpus()[name])) - SHOWN[name]).mean() < APART


def test_every_odd_file_was_recorded() -> None:
    assert set(recorded()) == set(corpus())
    assert len(SHOWN) > 120
