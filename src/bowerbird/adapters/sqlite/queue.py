"""The embedded queue: SQS's promises in one SQLite file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from bowerbird.adapters.sqlite.database import Database
from bowerbird.adapters.sqlite.instance import Instance
from bowerbird.core.limits import MAX_RECEIVES
from bowerbird.core.ports import Message, QueueDepth

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    visible_at REAL NOT NULL DEFAULT 0,
    receives INTEGER NOT NULL DEFAULT 0,
    holder TEXT
);
CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (visible_at, seq);
CREATE INDEX IF NOT EXISTS messages_by_receives ON messages (receives, visible_at);
CREATE TABLE IF NOT EXISTS dead (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, reason TEXT NOT NULL, receives INTEGER NOT NULL
);
"""

#: Counts what is ready, what is delayed and what is in flight at a time.
DEPTH: Final = (
    "SELECT count(*) FILTER (WHERE visible_at <= ?1),"
    " count(*) FILTER (WHERE visible_at > ?1 AND holder IS NULL),"
    " count(*) FILTER (WHERE visible_at > ?1 AND holder IS NOT NULL) FROM messages"
)

# How far ahead `visible_at` was when it was set. A row without it is of a version that did not note it.
_DELAY: Final = "ALTER TABLE messages ADD COLUMN delay_s REAL NOT NULL DEFAULT 43200"

# As SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
_LONGEST_DELAY_S: Final = 12 * 3600.0

# Clocks are always set back a little, by whoever keeps them right.
_STEP_S: Final = 1.0


class SqliteQueue:
    """At-least-once queue on SQLite.

    A delivery that is not settled within `visibility_s` seconds is delivered again. After `max_receives`
    deliveries, a message goes to the dead letters instead.

    When a process dies, the queue at once delivers again the messages that it held. So nobody waits out the
    timeout after a crash. The delivery that the process held does not count: a machine that was switched off
    five times has not tried the message five times.

    What is sent is on the disk when `send` returns. The queue does not wait for the disk after deliveries and
    acknowledgements. A power cut may undo the last of them, and those messages are delivered again.

    The times in the file are the wall clock's. When somebody sets that clock back, no message waits longer
    than it was told to: a message that would, counts as due.
    """

    def __init__(
        self,
        path: Path,
        *,
        visibility_s: float = 300.0,
        max_receives: int = MAX_RECEIVES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = Database(path, SCHEMA)
        self._note_delays()
        self._instance = Instance(path.parent / "instances")
        self._visibility_s = visibility_s
        self._max_receives = max_receives
        self._clock = clock
        self._free_the_dead()
        self._free_the_misdated()

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        """Add (id, body) pairs; an id that already waits or is dead is dropped."""
        with self._db.write() as db:
            before = db.total_changes
            db.executemany(
                "INSERT OR IGNORE INTO messages (id, body)"
                " SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM dead WHERE id = ?1)",
                messages,
            )
            return db.total_changes - before

    def receive(self, limit: int) -> list[Message]:
        """Take the messages that have waited longest."""
        now = self._clock()
        with self._db.write(durable=False) as db:
            # By itself SQLite takes the other index, and reads all that waits at every receive.
            db.execute(
                "INSERT OR REPLACE INTO dead SELECT id, body, 'delivered ' || receives || ' times', receives"
                " FROM messages INDEXED BY messages_by_receives WHERE visible_at <= ? AND receives >= ?",
                (now, self._max_receives),
            )
            db.execute(
                "DELETE FROM messages INDEXED BY messages_by_receives"
                " WHERE visible_at <= ? AND receives >= ?",
                (now, self._max_receives),
            )
            rows = db.execute(
                "UPDATE messages SET visible_at = ?, delay_s = ?, receives = receives + 1, holder = ?"
                " WHERE seq IN"
                " (SELECT seq FROM messages WHERE visible_at <= ? ORDER BY visible_at, seq LIMIT ?)"
                " RETURNING seq, id, body, receives",
                (now + self._visibility_s, self._visibility_s, self._instance.id, now, limit),
            ).fetchall()
        if not rows:  # now there is time to see whether somebody has died, or set the clock, since we began
            self._free_the_dead()
            self._free_the_misdated()
        # RETURNING promises no order: https://sqlite.org/lang_returning.html
        return [Message(id_, body, f"{seq}:{n}", n) for seq, id_, body, n in sorted(rows)]

    def delete(self, receipts: Sequence[str]) -> None:
        """Acknowledge deliveries."""
        with self._db.write(durable=False) as db:
            db.executemany("DELETE FROM messages WHERE seq = ? AND receives = ?", map(_parts, receipts))

    def release(self, receipt: str, delay_s: float, *, counted: bool = True) -> None:
        """Give a delivery back; no delay is longer than twelve hours."""
        delay_s = min(delay_s, _LONGEST_DELAY_S)
        with self._db.write(durable=False) as db:
            db.execute(
                "UPDATE messages SET visible_at = ?, delay_s = ?, holder = NULL, receives = receives - ?"
                " WHERE seq = ? AND receives = ?",
                (self._clock() + delay_s, delay_s, 0 if counted else 1, *_parts(receipt)),
            )

    def bury(self, message: Message, reason: str) -> None:
        """Move a delivery to the dead letters."""
        with self._db.write() as db:
            gone = db.execute("DELETE FROM messages WHERE seq = ? AND receives = ?", _parts(message.receipt))
            if gone.rowcount:
                db.execute(
                    "INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?)",
                    (message.id, message.body, reason, message.receives),
                )

    def depth(self) -> QueueDepth:
        """Count exactly."""
        with self._db.read() as db:
            ready, delayed, in_flight = db.execute(DEPTH, (self._clock(),)).fetchone()
            (dead,) = db.execute("SELECT count(*) FROM dead").fetchone()
        return QueueDepth(ready, delayed, in_flight, dead)

    def redrive(self) -> int:
        """Put dead letters back with a fresh count."""
        with self._db.write() as db:
            db.execute("INSERT OR IGNORE INTO messages (id, body) SELECT id, body FROM dead")
            return db.execute("DELETE FROM dead").rowcount

    def dead_letters(self, limit: int) -> list[tuple[str, str]]:
        """Return the first dead letters as (id, reason), for the summary of a run."""
        with self._db.read() as db:
            return db.execute("SELECT id, reason FROM dead ORDER BY id LIMIT ?", (limit,)).fetchall()

    def restore(self, dead: Iterable[tuple[str, str, str, int]]) -> None:
        """Enter dead letters that were known before this file, as (id, body, reason, receives)."""
        with self._db.write() as db:
            db.executemany("INSERT OR IGNORE INTO dead VALUES (?, ?, ?, ?)", dead)

    def close(self) -> None:
        """Let go of the file; what is in flight is delivered again to whoever opens it next."""
        self._instance.close()
        self._db.close()

    def _free_the_dead(self) -> None:
        with self._db.read() as db:
            rows = db.execute("SELECT DISTINCT holder FROM messages WHERE holder > ''").fetchall()
        dead = [(holder,) for (holder,) in rows if not self._instance.alive(holder)]
        if dead:
            with self._db.write() as db:
                db.executemany(
                    "UPDATE messages SET visible_at = 0, holder = NULL, receives = receives - 1"
                    " WHERE holder = ?",
                    dead,
                )

    def _free_the_misdated(self) -> None:
        """What is put off for longer than it ever was: the clock has been set back since.

        What a living process holds keeps its time-out, from now on.
        """
        now = self._clock()
        with self._db.read() as db:
            found = db.execute(
                "SELECT 1 FROM messages WHERE visible_at > ? + delay_s", (now + _STEP_S,)
            ).fetchone()
        if found:
            with self._db.write() as db:
                db.execute(
                    "UPDATE messages SET visible_at = ?1 + iif(holder IS NULL, 0, delay_s)"
                    " WHERE visible_at > ?2 + delay_s",
                    (now, now + _STEP_S),
                )

    def _note_delays(self) -> None:
        """Bring the file of an older version up to date; an older version still reads it."""
        with self._db.write() as db:
            if "delay_s" not in {row[1] for row in db.execute("PRAGMA table_info(messages)")}:
                db.execute(_DELAY)


def _parts(receipt: str) -> tuple[int, int]:
    seq, receives = receipt.split(":")
    return int(seq), int(receives)
