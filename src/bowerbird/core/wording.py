"""Gives the words that people read in place of stored names.

The score that is stored as `novelty` is high when a picture is *like* what the owner loves. Places and
bundles hold that key, so it stays. People read `match`.
"""

from __future__ import annotations

from math import floor
from typing import Final

from bowerbird.core.reasons import Reason, Word

#: People read this name for the score that ranks everything.
MATCH: Final = "match"

_CALLED: Final = {"novelty": MATCH}
_FIRST_LOOKS: Final = {"glance", "preview", "scout"}
_SAID: Final = {Word.NOVELTY.value: "unlike what you love"}


def called(name: str) -> str:
    """Return the name of a stage that people read."""
    return _CALLED.get(name, name)


def score_called(name: str) -> str:
    """Return the name of a score for people. The score of a first look is a match too, on its own scale."""
    return f"{name} {MATCH}" if name in _FIRST_LOOKS else called(name)


def said(word: str) -> str:
    """Return what people read for the word of a reason."""
    return _SAID.get(word, word)


def why(reason: Reason) -> str:
    """Return a reason as people read it: its word, then what was seen."""
    return f"{said(reason.word)}: {reason.detail}" if reason.detail else said(reason.word)


def standing(percentile: float) -> str:
    """Tell how a score stands among the owner's pictures, of which `percentile` (0 to 100) match less.

    Rounded down, so that no picture seems better than it is.
    """
    if percentile < 1:
        return "better than 0 % of yours"
    return f"better than {'all' if percentile >= 100 else f'{floor(percentile)} %'} of yours"  # noqa: PLR2004 - per cent
