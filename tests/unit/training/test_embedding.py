"""How many pictures are imitated when there are many."""

from itertools import pairwise

import pytest

from bowerbird.training.embedding import _spread


@pytest.mark.parametrize("count", [0, 1, 20, 2000])
def test_of_few_pictures_all_are_imitated(count: int) -> None:
    assert _spread(count) == set(range(count))


@pytest.mark.parametrize("count", [2001, 3000, 100_000])
def test_of_many_an_even_part_is(count: int) -> None:
    found = sorted(_spread(count))
    assert len(found) == 2000
    assert found[0] == 0
    assert count - found[-1] <= count / 2000 + 1
    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert max(gaps) - min(gaps) <= 1
