"""Looks into a queue's file without holding it: nothing is written, and no other process waits."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bowerbird.adapters.sqlite.queue import DEPTH
from bowerbird.core.ports import QueueDepth


@dataclass(frozen=True, slots=True)
class QueueLook:
    """How many messages there are, and the first dead letters as (id, reason)."""

    depth: QueueDepth
    dead: tuple[tuple[str, str], ...]


def look(path: Path, letters: int = 5) -> QueueLook | None:
    """Look into a queue's file; None when there is none, or it cannot be read now."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as db:
            ready, delayed, in_flight = db.execute(DEPTH, (time.time(),)).fetchone()
            (dead,) = db.execute("SELECT count(*) FROM dead").fetchone()
            rows = db.execute("SELECT id, reason FROM dead ORDER BY id LIMIT ?", (letters,)).fetchall()
    except sqlite3.Error:
        return None
    return QueueLook(QueueDepth(ready, delayed, in_flight, dead), tuple(rows))
