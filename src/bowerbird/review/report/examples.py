"""Chooses pictures for the report: what was kept of a community, and what was turned down for a reason."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

from bowerbird.core.ports import ObjectStore
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.places import Places
from bowerbird.review.sheet.summary import Run
from bowerbird.review.sheet.thumbs import Thumb, load_thumb

A_ROW: Final = 6
# Of a reason that has many cards, most without a picture, no more are looked at.
_MOST_TRIES: Final = 24
_SIDE: Final = 160
_QUALITY: Final = 72
# The rest of one file's megabyte is for words.
_MOST_BYTES: Final = 800_000


@dataclass(frozen=True, slots=True)
class Example:
    """One picture: its address, and the card it is of."""

    card: Card
    source: str


@dataclass(slots=True)
class Examples:
    """The pictures of one report page. `places` says how the page has them; within it they are made small."""

    run: Run
    store: ObjectStore
    places: Places
    _kept: dict[str, list[Card]] = field(init=False)
    _rejected: dict[str, list[Card]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the cards."""
        self._kept, self._rejected = defaultdict(list), defaultdict(list)
        for card in self.run.kept:
            self._kept[card.community].append(card)
        for group in self.run.groups:
            for card in group.cards:
                self._rejected[card.word].append(card)

    def kept_of(self, community: str) -> list[Example]:
        """Give the best pictures that were kept of a community."""
        return self._some(self._kept.get(community, ()))

    def rejected_for(self, word: str) -> list[Example]:
        """Give the closest calls among what was turned down for a reason."""
        return self._some(self._rejected.get(word, ()))

    def _some(self, cards: Iterable[Card]) -> list[Example]:
        found: list[Example] = []
        for tries, card in enumerate(cards):
            if len(found) == A_ROW or tries == _MOST_TRIES or self.places.size > _MOST_BYTES:
                break
            thumb = load_thumb(self.store, card)
            if thumb:
                found.append(Example(card, self.places.picture(card, self._fit(thumb))))
        return found

    def _fit(self, thumb: Thumb) -> Thumb:
        return smaller(thumb) if self.places.inside else thumb


def smaller(thumb: Thumb) -> Thumb:
    """Make a small picture smaller still; what cannot be read stays as it is."""
    try:
        with Image.open(io.BytesIO(thumb.data), formats=["JPEG"]) as image:
            image.thumbnail((_SIDE, _SIDE))
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    except OSError:
        return thumb
    return Thumb(buffer.getvalue(), *image.size, marked=thumb.marked)
