"""Tells the owner's channels what happened, and what did not arrive again later."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bowerbird.core.errors import BowerbirdError
from bowerbird.core.plain_text import plain
from bowerbird.core.ports import ObjectStore
from bowerbird.host.keeps import kept_since
from bowerbird.notify.message import Channel, Kind, Message

# So many messages wait for a channel that does not answer; the oldest give way.
_MOST: Final = 20
_RETRY: Final = timedelta(minutes=5)
_TITLES: Final = 10


@dataclass(slots=True)
class Ear:
    """One channel, what it wants to hear of, and when it hears of the day's keeps."""

    name: str
    channel: Channel
    about: frozenset[Kind]
    at: time
    waiting: deque[Message] = field(default_factory=lambda: deque(maxlen=_MOST))
    told_until: datetime | None = None
    not_before: datetime | None = None


@dataclass(slots=True)
class Bell:
    """Rings for everybody who wants to hear of it.

    `now` is this machine's own time. `remember` keeps, by the channel's name, until when keeps were told.
    """

    ears: Sequence[Ear]
    now: Callable[[], datetime]
    say: Callable[[str], None]
    remember: Callable[[str, datetime], None] = lambda _name, _until: None

    def ring(self, message: Message) -> None:
        """Put a message where it will be sent from. This waits for nobody."""
        for ear in self.ears:
            if message.kind in ear.about:
                ear.waiting.append(message)

    def send(self) -> None:
        """Send what waits. A channel that fails is left alone for a while, and the owner is told here."""
        for ear in self.ears:
            while ear.waiting and (ear.not_before is None or self.now() >= ear.not_before):
                try:
                    ear.channel.send(ear.waiting[0])
                except BowerbirdError as error:
                    if ear.not_before is None:
                        self.say(f"{ear.name} was not told: {error}; it is tried again every 5 minutes")
                    ear.not_before = self.now() + _RETRY
                    break
                ear.waiting.popleft()
                ear.not_before = None

    def tell_keeps(self, places: Sequence[tuple[str, ObjectStore]]) -> None:
        """Once a day, at its hour, tell each channel what was kept since it was told last."""
        now = self.now()
        for ear in self.ears:
            due = _last(ear.at, now)
            if "keeps" not in ear.about or (ear.told_until and ear.told_until >= due):
                continue
            since = ear.told_until or due - timedelta(days=1)
            ear.told_until = due
            self.remember(ear.name, due)
            ear.waiting.extend(
                message for name, store in places if (message := _keeps(name, store, since, due)) is not None
            )


def _last(at: time, now: datetime) -> datetime:
    """The last time that the clock showed this."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _keeps(name: str, store: ObjectStore, since: datetime, until: datetime) -> Message | None:
    kept = kept_since(store, since.astimezone(UTC), until.astimezone(UTC))
    if not kept:
        return None
    titles = [plain(each.submission.get("title")) or "(no title)" for each in kept]
    links = [plain(each.submission.get("permalink")) for each in kept]
    more = [f"and {len(kept) - _TITLES} more"] if len(kept) > _TITLES else []
    lines = [f"- {title} {link}".rstrip() for title, link in zip(titles, links, strict=True)][:_TITLES]
    pictures = "1 new picture" if len(kept) == 1 else f"{len(kept)} new pictures"
    data = {"place": name, "kept": len(kept), "images": [each.image for each in kept[:100]]}
    return Message("keeps", f"Bowerbird kept {pictures}", "\n".join([f"In {name}:", *lines, *more]), data)
