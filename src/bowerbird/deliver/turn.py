"""Offers a gallery one picture at a time, however many deliverers there are.

scenery gives two pictures that arrive together the same id. A deliverer takes its turn in an object of the
store before it offers a picture. Every write is conditional, so one of several wins. A deliverer that dies
keeps its turn until the time that it wrote down.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bowerbird.core.json_text import parsed
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.deliverer import Gallery

_LOOK_EVERY_S: Final = 0.5
# An offer takes seconds. A longer wait would cost as much as trying again later.
_PATIENCE_S: Final = 60.0


def turn_key(gallery: str) -> str:
    """Return the key of the object in which a gallery's turn is taken."""
    return f"turns/{digest(gallery)}.json"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class InTurn:
    """A gallery that is offered one picture at a time. `hold_s` must be longer than an offer can take."""

    gallery: Gallery
    store: ObjectStore
    key: str
    hold_s: float
    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep

    @property
    def who(self) -> str:
        """The gallery's name for people."""
        return self.gallery.who

    def import_image(
        self, image: bytes, *, filename: str, source_url: str | None, tags: Sequence[str], about: About
    ) -> Answer:
        """Offer a picture when it is its turn. It is not offered when that does not come for a minute."""
        holder = uuid.uuid4().hex
        give_up = self.clock() + timedelta(seconds=_PATIENCE_S)
        while not self._taken(holder):
            if self.clock() >= give_up:
                return Answer(Outcome.UNREACHABLE, "its turn did not come: others are being delivered")
            self.sleep(_LOOK_EVERY_S)
        try:
            return self.gallery.import_image(
                image, filename=filename, source_url=source_url, tags=tags, about=about
            )
        finally:
            self._leave(holder)

    def _taken(self, holder: str) -> bool:
        found = self.store.get_versioned(self.key)
        if found and 0 < (_until(found[0]) - self.clock()).total_seconds() <= 2 * self.hold_s:
            return False  # a time further ahead was written by a clock that is wrong
        return self._write(holder, self.clock() + timedelta(seconds=self.hold_s), found[1] if found else None)

    def _leave(self, holder: str) -> None:
        found = self.store.get_versioned(self.key)
        if found and _holder(found[0]) == holder:
            self._write(holder, self.clock(), found[1])

    def _write(self, holder: str, until: datetime, version: str | None) -> bool:
        data = json.dumps({"holder": holder, "until": until.isoformat()}).encode()
        return self.store.replace(self.key, data, content_type="application/json", version=version)


def _holder(data: bytes) -> str:
    try:
        return str(parsed(data)["holder"])
    except (ValueError, KeyError, TypeError):
        return ""


def _until(data: bytes) -> datetime:
    """Read until when the turn is taken. What cannot be read is long past."""
    try:
        return datetime.fromisoformat(parsed(data)["until"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
