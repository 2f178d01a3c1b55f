"""Holds a place's pictures to label: the decision, the owner's word, and a small copy of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.keys import thumb_key
from bowerbird.core.labels import Label, read_labels, remove_label, write_label
from bowerbird.core.ports import ObjectStore
from bowerbird.imaging import picture_files
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.summary import read_run
from bowerbird.review.sheet.thumbs import load_thumb

# Wide enough to be zoomed into on a phone; the file itself comes from a stranger, and goes to no browser.
_LARGE: Final = 2048
_SCORED: Final = "novelty"


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the page gets it: cleaned text, a safe link, and the owner's word so far.

    `large` if the survivor is there; of a rejected picture only the thumbnail is.
    """

    number: int
    keep: bool
    stage: str
    reason: str
    detail: str
    title: str
    community: str
    credit: str
    link: str | None
    novelty: float | None
    standing: str
    large: bool
    label: bool | None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LabelSession:
    """One place's pictures, the closest calls first. `cards` holds those that have a picture to show.

    `days` counts the days that decisions were made on. `bundles` names what made them, the most frequent
    first.
    """

    store: ObjectStore
    cards: tuple[Card, ...]
    threshold: float | None
    labels: dict[str, bool]
    unreadable: int = 0
    days: int = 1
    bundles: tuple[str, ...] = ()
    clock: Callable[[], datetime] = field(default=_now)

    def shown(self) -> list[dict[str, Any]]:
        """Give every picture as plain values."""
        return [asdict(self._shown(number, card)) for number, card in enumerate(self.cards)]

    def say(self, number: int, *, keep: bool) -> None:
        """Write down the owner's word on a picture."""
        card = self.cards[number]
        said_at = self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        write_label(self.store, Label(card.candidate, keep, said_at, "label", card.image))
        self.labels[card.candidate] = keep

    def unsay(self, number: int) -> None:
        """Take back the owner's word on a picture."""
        card = self.cards[number]
        remove_label(self.store, card.candidate)
        self.labels.pop(card.candidate, None)

    def word(self, number: int) -> bool | None:
        """Give the owner's word on a picture: keep, reject, or none yet."""
        return self.labels.get(self.cards[number].candidate)

    def answered(self) -> list[int]:
        """Give the numbers of the pictures that the owner has said a word on."""
        return [number for number in range(len(self.cards)) if self.word(number) is not None]

    def margin(self, number: int) -> float:
        """Give a picture's match less the threshold; NaN where another stage decided."""
        card = self.cards[number]
        decided = card.keep or card.stage == _SCORED
        if not decided or card.novelty is None or self.threshold is None:
            return math.nan
        return card.novelty - self.threshold

    def copy(self, number: int) -> bytes | None:
        """Give what a model learns a picture from: the stored small copy, or else the survivor."""
        card = self.cards[number]
        small = self.store.get(thumb_key(card.candidate))
        return small or (self.store.get(card.image) if card.image else None)

    def small(self, number: int) -> bytes | None:
        """Give a picture's thumbnail."""
        thumb = load_thumb(self.store, self.cards[number])
        return thumb.data if thumb else None

    def large(self, number: int) -> bytes | None:
        """Give a large view of a survivor. A rejected picture has only its thumbnail."""
        card = self.cards[number]
        data = self.store.get(card.image) if card.image else None
        if data is None:
            return self.small(number)
        try:
            return picture_files.small(data, _LARGE)
        except PermanentError:
            return self.small(number)

    def _shown(self, number: int, card: Card) -> Shown:
        return Shown(
            number=number,
            keep=card.keep,
            stage=card.stage,
            reason="Kept" if card.keep else card.reason,
            detail=card.detail,
            title=card.title,
            community=card.community,
            credit=card.credit,
            link=card.link,
            novelty=card.novelty,
            standing=card.standing,
            large=card.image is not None,
            label=self.word(number),
        )


def open_session(store: ObjectStore) -> LabelSession:
    """Open a session: read a place's decisions and labels."""
    run = read_run(store)
    there = {*store.keys("thumbs/"), *store.keys("images/")}
    cards = [card for card in run.cards if thumb_key(card.candidate) in there or card.image in there]
    cards.sort(key=lambda card: (abs(card.margin), card.candidate))
    labels = {label.candidate: label.keep for label in read_labels(store)}
    return LabelSession(
        store, tuple(cards), run.threshold, labels, run.unreadable, max(1, len(run.days)), run.bundles
    )
