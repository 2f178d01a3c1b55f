"""A threshold that an owner's keep_rate moves: what judges is what is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bowerbird.core.errors import UsageError
from bowerbird.models.bundle import load
from bowerbird.models.strictness import at_keep_rate
from bowerbird.serve.http.description import describe

LITE = load("lite")


def test_the_share_asked_for_is_kept_and_every_page_shows_the_same_threshold() -> None:
    strict = at_keep_rate(LITE, 0.5)
    heldout = LITE.novelty.reference["heldout"]
    assert float((heldout >= strict.novelty.threshold).mean()) == pytest.approx(0.5, abs=0.001)
    told = describe(strict).novelty.threshold
    assert told.value == strict.novelty.threshold > LITE.novelty.threshold
    assert told.chosen == f"keep_rate: keeps 0.5 of {len(heldout)} pictures"
    assert describe(LITE).novelty.threshold.value == LITE.novelty.threshold


def test_a_bundle_without_held_out_scores_says_what_to_do() -> None:
    bare = replace(LITE, novelty=replace(LITE.novelty, reference={"training": np.zeros(3)}))
    with pytest.raises(UsageError, match="holds no held-out scores, which keep_rate needs: leave it out"):
        at_keep_rate(bare, 0.9)
