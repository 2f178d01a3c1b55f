"""Gathers what the page shows of a place: what runs, what waits, what failed, how much room there is."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.look import look
from bowerbird.core.keys import digest
from bowerbird.core.plain_text import plain
from bowerbird.host.alive import silence
from bowerbird.host.paused import is_paused
from bowerbird.host.replaced_pictures import told_size
from bowerbird.host.state_files import QUEUE
from bowerbird.host.status import Status, read_status
from bowerbird.panel.keeps import Keeps, mark
from bowerbird.review.report.host_health import last_days_hosts
from bowerbird.review.sheet.cards import Card

# To count a place's bytes and hosts reads much of the disk.
_UPKEEP_S: Final = 300.0
_FOLDERS: Final = ("images", "thumbs", "replaced", "decisions", "labels")


@dataclass(slots=True)
class Now:
    """One place, as it is now. The state folder `queue` has the queue; a pause is asked for in `pausing`."""

    place: Place
    keeps: Keeps
    queue: Path
    pausing: Sequence[Path]
    ticks: Callable[[], float] = time.monotonic
    _upkeep: tuple[float, dict[str, Any]] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def told(self) -> dict[str, Any]:
        """Say what changes from one moment to the next."""
        status = read_status(self.place.state)
        day = self.keeps.last_day()
        return {
            "run": self._run(status),
            "day": {"seen": day.seen, "kept": day.kept},
            "queue": self._queue(),
            "sources": [asdict(each) for each in status.sources] if status else [],
            "failures": [asdict(each) for each in status.failures] if status else [],
            "keeps": [shown(card) for card in self.keeps.newest()],
        }

    def upkeep(self) -> dict[str, Any]:
        """Say what takes long to find out: the hosts of the last day, and the disk."""
        with self._lock:
            if self._upkeep is None or self.ticks() - self._upkeep[0] > _UPKEEP_S:
                hosts = [asdict(each) for each in last_days_hosts(self.place.store)]
                self._upkeep = self.ticks(), {"hosts": hosts, "disk": self._disk()}
            return self._upkeep[1]

    def _run(self, status: Status | None) -> dict[str, Any]:
        silent = silence(self.place.state)
        paused = any(map(is_paused, self.pausing))
        return {
            "runs": silent is None,
            "paused": paused,
            "told": silent or "",
            "started_at": status.started_at if status else "",
            "every_s": status.every_s if status else None,
            "hours": status.hours if status else None,
        }

    def _queue(self) -> dict[str, Any] | None:
        seen = look(self.queue / QUEUE)
        if seen is None:
            return None
        letters = [{"id": plain(id_), "reason": plain(reason)} for id_, reason in seen.dead]
        return {**asdict(seen.depth), "letters": letters}

    def _disk(self) -> dict[str, Any] | None:
        """Measure the disk; None for a bucket, which tells nobody how full it is."""
        if self.place.shared:
            return None
        root = Path(self.place.name)
        usage = shutil.disk_usage(root)
        used = sum(_size(root / each) for each in _FOLDERS)
        return {
            "used": told_size(used),
            "free": told_size(usage.free),
            "part": round(1 - usage.free / usage.total, 4) if usage.total else 1.0,
        }


def shown(card: Card) -> dict[str, Any]:
    """Give a kept picture as the page gets it; all texts are cleaned."""
    return {
        "name": digest(card.candidate),
        "mark": mark(card),
        "title": card.title,
        "community": card.community,
        "credit": card.credit,
        "link": card.link,
        "size": card.size,
        "standing": card.standing,
        "at": card.decided_at,
    }


def _size(folder: Path) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(where) / name).stat().st_size
            except OSError:  # gone meanwhile
                continue
    return total
