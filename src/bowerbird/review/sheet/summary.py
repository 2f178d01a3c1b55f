"""Sorts what a run decided into the order in which a person wants to see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.plain_text import plain
from bowerbird.core.ports import ObjectStore
from bowerbird.review.sheet.cards import Card, card_of


@dataclass(frozen=True, slots=True)
class Group:
    """Rejections for one reason, the closest calls first; `stages` found it, the most frequent first."""

    stages: tuple[str, ...]
    reason: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Run:
    """A whole run: one card for each candidate, and what was read to make the cards."""

    cards: tuple[Card, ...]
    bundles: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    unreadable: int = 0

    @cached_property
    def kept(self) -> tuple[Card, ...]:
        """List the kept pictures, the best score first."""
        return tuple(sorted((card for card in self.cards if card.keep), key=lambda card: -card.margin))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Group rejections by reason: first those that a score decided, then the most frequent."""
        found: dict[str, list[Card]] = defaultdict(list)
        for card in self.cards:
            if not card.keep:
                found[card.reason].append(card)
        groups = (_group(reason, cards) for reason, cards in found.items())
        return tuple(sorted(groups, key=lambda group: (not _scored(group), -len(group.cards), group.reason)))

    @property
    def rejected(self) -> int:
        """Count the candidates that were rejected."""
        return len(self.cards) - len(self.kept)

    @cached_property
    def threshold(self) -> float | None:
        """Give the threshold of the match that most of the run was held against."""
        seen = Counter(c.measure.threshold for c in self.cards if c.measure and c.measure.name == "novelty")
        return seen.most_common(1)[0][0] if seen else None


def read_run(store: ObjectStore, day: str | None = None) -> Run:
    """Read a place's decisions of one day (YYYY-MM-DD) or of all, and count damaged lines."""
    cards: dict[str, Card] = {}
    bundles: Counter[str] = Counter()
    days: set[str] = set()
    log = DecisionLog(store)
    for decision in log.read(day):
        cards[decision.candidate] = card_of(decision)
        days.add(plain(decision.day))
        bundles[plain(decision.bundle)] += 1
    names = tuple(name for name, _ in bundles.most_common())
    return Run(tuple(cards.values()), names, tuple(sorted(days)), log.unreadable)


def _group(reason: str, cards: list[Card]) -> Group:
    stages = Counter(card.stage for card in cards)
    return Group(
        tuple(name for name, _ in stages.most_common()), reason, tuple(sorted(cards, key=_closeness))
    )


def _closeness(card: Card) -> tuple[float, str]:
    return abs(card.margin), card.candidate


def _scored(group: Group) -> bool:
    return any(card.measure and card.measure.name == card.stage for card in group.cards)
