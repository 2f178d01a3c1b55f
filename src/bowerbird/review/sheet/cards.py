"""Shows one decision on the sheet: cleaned text, a safe link, and how close a call it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bowerbird.core.decisions import Decision
from bowerbird.core.plain_text import plain
from bowerbird.core.wording import MATCH, said, score_called, standing

#: Words for the reasons that nobody understands when merely their dashes are taken out.
_PHRASES: Final = {
    "watermark": "Watermarked",
    "html": "A page, not a picture",
}

#: Scores of which less is better; of every other score more is better.
_LESS_IS_BETTER: Final = frozenset({"watermark"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A score beside the threshold it was held against."""

    name: str
    score: float
    threshold: float

    @property
    def called(self) -> str:
        """Give the score's name as people read it."""
        return score_called(self.name)

    @property
    def margin(self) -> float:
        """Measure how far the score is on the keeping side of the threshold; negative on the other side."""
        away = self.score - self.threshold
        return -away if self.name in _LESS_IS_BETTER else away


@dataclass(frozen=True, slots=True)
class Card:
    """One picture on the sheet.

    Texts are cleaned. `link` is http(s) or None. `size` is in pixels. `image` is a survivor's object key.
    `mark` says where its watermark is: left, top, right, bottom, in shares of the picture. `percentile` (0 to
    100) is the share of the owner's pictures that match less than this one; None where nobody knows. `word`
    is the reason's word as it is counted; `decided_at` is as in the decision.
    """

    candidate: str
    keep: bool
    stage: str
    reason: str
    detail: str
    title: str
    community: str
    credit: str
    link: str | None
    size: tuple[int, int] | None
    image: str | None
    novelty: float | None
    measure: Measure | None
    mark: tuple[float, float, float, float] | None = None
    percentile: float | None = None
    word: str = ""
    decided_at: str = ""

    @property
    def standing(self) -> str:
        """Say in words how the match stands among the owner's pictures; empty if another score decided."""
        measured = self.measure is not None and self.measure.called == MATCH
        return standing(self.percentile) if measured and self.percentile is not None else ""

    @property
    def margin(self) -> float:
        """Give the measure's margin; without a measure, minus infinity."""
        return self.measure.margin if self.measure else -math.inf


def card_of(decision: Decision) -> Card:
    """Take from a decision what the sheet shows of it. Trust no value to have the right type."""
    post = decision.submission
    measure = _measure(decision)
    source, name = plain(post.get("source")), plain(post.get("id"))
    return Card(
        candidate=decision.candidate,
        keep=decision.keep is True,
        stage=plain(decision.stage),
        reason=phrase(plain(decision.reason.word)),
        # "89.9 is below 104.5" is what the bar shows.
        detail="" if measure and measure.name == decision.stage else plain(decision.reason.detail),
        title=plain(post.get("title")) or f"{source} {name}".strip() or plain(decision.candidate),
        community=plain(post.get("community")) or source,
        credit=" · ".join(filter(None, (plain(post.get("author")), plain(post.get("licence"))))),
        link=safe_link(post.get("permalink")) or safe_link(post.get("url")),
        size=_size(decision.facts),
        image=decision.image,
        # When the preview was rejected, nothing else was scored. Its score is on the same scale.
        novelty=_number(decision.scores.get("novelty", decision.scores.get("preview"))),
        measure=measure,
        mark=_mark(decision.facts),
        percentile=_number(decision.facts.get("novelty_percentile")),
        word=plain(decision.reason.kind),
        decided_at=plain(decision.decided_at),
    )


def safe_link(value: Any) -> str | None:
    """Give the URL if a click may follow it: absolute, http or https, without invisible characters."""
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.hostname else None


def phrase(word: str) -> str:
    """Give what stands on a page for a reason's word."""
    own = _PHRASES.get(word) or said(word).replace("-", " ").replace("_", " ").capitalize()
    return own or "No reason given"


def _measure(decision: Decision) -> Measure | None:
    # The score that rejected the picture; where no score did, the match, which ranks all pictures.
    for name in ("novelty",) if decision.keep else (decision.stage, "novelty"):
        score, threshold = _number(decision.scores.get(name)), _number(decision.thresholds.get(name))
        if score is not None and threshold is not None:
            return Measure(name, score, threshold)
    return None


def _size(facts: dict[str, Any]) -> tuple[int, int] | None:
    width, height = facts.get("width"), facts.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def _mark(facts: dict[str, Any]) -> tuple[float, float, float, float] | None:
    sides = facts.get("mark")
    if not isinstance(sides, list) or not all(isinstance(side, int | float) for side in sides):
        return None
    match sides:
        case [left, top, right, bottom] if 0 <= left < right <= 1 and 0 <= top < bottom <= 1:
            return left, top, right, bottom
        case _:
            return None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
