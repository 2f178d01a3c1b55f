"""The chores that the configuration asks for: see `bowerbird.host.chores`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bowerbird.assembly.delivering import deliverer
from bowerbird.config.schema import Config
from bowerbird.core.errors import UsageError
from bowerbird.core.hours import clock
from bowerbird.core.json_text import parsed
from bowerbird.core.whole import write_whole
from bowerbird.deliver.browse import Browse
from bowerbird.deliver.feeds import Feeds
from bowerbird.deliver.naming import NameRule
from bowerbird.deliver.sweep import Sweep
from bowerbird.host.bell import Bell, Ear
from bowerbird.host.chores import Care, Chore, tell
from bowerbird.host.daily import Daily
from bowerbird.host.homes import Home
from bowerbird.host.news import State
from bowerbird.host.pruning import plan, prune
from bowerbird.host.replaced_pictures import told_size
from bowerbird.host.small_copies import SmallCopies
from bowerbird.notify.channels import find_channel
from bowerbird.notify.message import Message
from bowerbird.notify.settings import NotifySettings
from bowerbird.removal.bounds import Bounds

_SOON, _LATEST = timedelta(seconds=10), timedelta(minutes=10)
_ENOUGH: Final = 1.2  # so much more room than was asked for ends a warning


def _now() -> datetime:
    return datetime.now().astimezone()


def care(config: Config, homes: Sequence[Home], stopped: Callable[[], bool]) -> Care:
    """Make the chores. After `stopped` says so, nothing more is delivered.

    Raises:
        UsageError: a gallery or a channel is not what it should be; nothing was done yet.
    """
    bell = _bell(config, homes)
    chores: list[tuple[str, Chore]] = []
    for home in homes:
        chores += [("names", each) for each in _naming(config, home)]
        waiting = []
        for delivery in config.deliver:
            if not delivery.places or home.place.name in delivery.places:
                made = deliverer(home.place.store, delivery.to, delivery.settings())
                each = Delivering(home, Sweep(home.place.store, made, stopped=stopped))
                chores.append((f"deliver to {delivery.to}", each))
                waiting.append(each)
        if config.space.small_copies:
            chores.append(("small copies", SmallCopies(home, config.space.small_copies)))
        if config.space.bounds():
            chores.append(("space", Pruning(home, config.space.bounds(), waiting, bell.ring)))
    if bell.ears:
        roots = {home.place.name: home.place.state for home in homes}
        chores.append(("disk", Disk(roots, config.space.warn_below or 0, bell.ring)))
        chores.append(("notify", partial(_notify, bell, homes)))
    return Care(chores, partial(_heard, bell))


def _notify(bell: Bell, homes: Sequence[Home]) -> None:
    bell.tell_keeps([(home.place.name, home.place.store) for home in homes])
    bell.send()


def _heard(bell: Bell, source: str, words: str, state: State) -> None:
    broken = state == "broken"
    title = f"Bowerbird cannot read {source}" if broken else f"Bowerbird reads {source} again"
    bell.ring(Message("sources", title, words or title, {"source": source, "broken": broken}, urgent=broken))


@dataclass(slots=True)
class Changes:
    """Tells when a place has new keeps, something is gone from it, or it is another day."""

    home: Home
    now: Callable[[], datetime] = _now
    _seen: tuple[int, int, date] | None = field(default=None, init=False)

    def any(self) -> bool:
        """Tell whether something changed since this was asked last."""
        here = (self.home.counts.kept, self.home.counts.gone, self.now().date())
        changed, self._seen = here != self._seen, here
        return changed


def _naming(config: Config, home: Home) -> Sequence[Chore]:
    """Names and feeds. A bucket has no names: nothing in it can be linked."""
    browse = config.browse
    tasks: list[Callable[[], object]] = []
    if browse.folder and not home.place.shared:
        rule = NameRule.parse(browse.names)
        tasks.append(Browse(home.place.store, Path(home.place.name), rule, browse.folder, browse.xmp).refresh)
    if browse.feed:
        tasks.append(Feeds(home.place.store, browse.feed).refresh)
    return [partial(_when_changed, Changes(home), task) for task in tasks]


def _when_changed(changes: Changes, task: Callable[[], object]) -> None:
    if changes.any():
        task()


@dataclass(slots=True)
class Delivering:
    """Delivers what is new. A gallery that fails is asked less and less often, and as it asks for itself."""

    home: Home
    sweep: Sweep
    now: Callable[[], datetime] = _now
    complete: bool = field(default=False, init=False)
    _kept: int = field(default=-1, init=False)
    _wait: timedelta = field(default=_SOON, init=False)
    _not_before: datetime | None = field(default=None, init=False)

    def __call__(self) -> None:
        """Deliver, if there is anything to deliver and the gallery may be asked."""
        kept = self.home.counts.kept
        if (self.complete and kept == self._kept) or (self._not_before and self.now() < self._not_before):
            return
        self.complete = False
        self._not_before = self.now() + self._wait  # when it fails
        self._wait = min(2 * self._wait, _LATEST)
        self.complete = self.sweep.once()
        if self.complete:
            self._kept, self._wait, self._not_before = kept, _SOON, None
            return
        asked = timedelta(seconds=self.sweep.wait_s)
        self._not_before = self.now() + max(asked, self._wait)
        raise UsageError(f"{next(iter(self.sweep.problems.values()))} ({len(self.sweep.problems)} wait)")


@dataclass(slots=True)
class Pruning:
    """Makes room once a day, when nothing waits to be delivered."""

    home: Home
    bounds: Bounds
    deliveries: Sequence[Delivering]
    ring: Callable[[Message], None]
    say: Callable[[str], None] = tell
    daily: Daily = field(default_factory=lambda: Daily(_now))  # by the owner's own days

    def __call__(self) -> None:
        """Make room, and say what went."""
        today, now = self.daily.due(), self.daily.clock().astimezone(UTC)
        if today is None or not all(each.complete for each in self.deliveries):
            return
        store = self.home.place.store
        found = plan(store, self.bounds, now)
        prune(store, found, now)
        self.daily.done(today)
        self.home.counts.removed(len(found.gone))
        if found.gone or found.replaced:
            count = len(found.gone) + len(found.replaced)
            where, freed = self.home.place.name, told_size(found.freed)
            words = f"{count} pictures removed from {where} to make room ({freed}), as [space] says"
            self.say(words)
            self.ring(Message("disk", "Bowerbird made room", words, {"removed": len(found.gone)}))


@dataclass(slots=True)
class Disk:
    """Says once that there is little room, and again only after there was enough."""

    folders: dict[str, Path]
    least: int
    ring: Callable[[Message], None]
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    _told: set[str] = field(default_factory=set, init=False)

    def __call__(self) -> None:
        """Look at the disks."""
        for name, folder in self.folders.items():
            free = self.free(folder)
            if free < self.least and name not in self._told:
                self._told.add(name)
                words = f"{told_size(free)} are left on the disk of {name}; [space] can bound what it holds"
                data = {"place": name, "free": free}
                self.ring(Message("disk", "Bowerbird has little room left", words, data, urgent=True))
            elif free >= _ENOUGH * self.least:
                self._told.discard(name)


class Memory:
    """Until when each channel was told of keeps, in a file beside the queue."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, datetime]:
        """What was remembered; nothing when it cannot be read."""
        try:
            told = parsed(self._path.read_bytes())
            return {str(name): datetime.fromisoformat(until) for name, until in told.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write(self, name: str, until: datetime) -> None:
        """Remember one more."""
        told = {each: moment.isoformat() for each, moment in (self.read() | {name: until}).items()}
        write_whole(self._path, json.dumps(told).encode())


def _bell(config: Config, homes: Sequence[Home]) -> Bell:
    settings = NotifySettings()
    memory = Memory(homes[0].place.state / "told.json")
    before = memory.read()
    ears = []
    for each in config.notify:
        spec, argument = find_channel(each.to)
        channel = spec.open(argument, settings)
        ear = Ear(each.to, channel, frozenset(each.about), clock(each.at), told_until=before.get(each.to))
        ears.append(ear)
    return Bell(ears, _now, tell, memory.write)
