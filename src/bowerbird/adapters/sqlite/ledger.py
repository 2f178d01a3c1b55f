"""The embedded ledger: decisions are committed in SQLite, then written as JSON lines exactly once."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import damaged
from bowerbird.adapters.sqlite.database import LAYOUT, Database
from bowerbird.core.decision_log import CONTENT_TYPE, decisions_key, each_line
from bowerbird.core.decisions import Decision, decode_decision, encode_decision, redacted
from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Reason, Word

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS decided (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    candidate TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    decision TEXT NOT NULL,
    part TEXT,
    written INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS decided_unwritten ON decided (seq) WHERE written = 0;
CREATE TABLE IF NOT EXISTS claims (sha256 TEXT PRIMARY KEY, candidate TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claims_by_candidate ON claims (candidate);
CREATE TABLE IF NOT EXISTS ledger (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settled (name BLOB PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
"""

# Rows that a step of settling moves. One takes some tens of milliseconds, and deciding goes on in between.
_ROWS_A_STEP: Final = 2000

# A file of decision lines stays below a few MB, so that it can be read whole.
_LINES_A_PART = 2000


class SqliteLedger:
    """Keeps the ledger of one place in SQLite; decision lines go to `store`.

    Lines reach the store in two steps. One transaction gives the rows a part name; then the part is written
    whole. After a crash in between, the next flush writes the same part again, byte for byte.

    Of what was decided long ago, `settle` leaves only a short hash of the candidate's name, and the day. The
    decision itself is then read from its line.
    """

    def __init__(self, path: Path, store: ObjectStore) -> None:
        self._db = Database(path, SCHEMA)
        self._store = store
        with self._db.write() as db:
            # Several machines may write one bucket, each with its own ledger: part names must differ.
            db.execute(
                "INSERT INTO ledger SELECT ? WHERE NOT EXISTS (SELECT 1 FROM ledger)", (uuid.uuid4().hex[:8],)
            )
            (self._id,) = db.execute("SELECT id FROM ledger").fetchone()

    def decided(self, candidate_id: str) -> Decision | None:
        """Return the decision that stands."""
        with self._db.read() as db:
            row = db.execute("SELECT decision FROM decided WHERE candidate = ?", (candidate_id,)).fetchone()
            old = None if row else self._settled(db, candidate_id)
        if old is not None:
            return self._of_old(candidate_id, old)
        return self._decoded(row[0]) if row else None

    def knows(self, candidate_id: str) -> bool:
        """Whether there is a decision."""
        with self._db.read() as db:
            row = db.execute("SELECT 1 FROM decided WHERE candidate = ?", (candidate_id,)).fetchone()
            return row is not None or self._settled(db, candidate_id) is not None

    def owner(self, sha256: str) -> str | None:
        """Who holds these bytes."""
        with self._db.read() as db:
            row = db.execute("SELECT candidate FROM claims WHERE sha256 = ?", (sha256,)).fetchone()
        return str(row[0]) if row else None

    def claim(self, sha256: str, candidate_id: str) -> str:
        """Claim bytes; the first wins."""
        with self._db.write() as db:
            db.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (sha256, candidate_id))
            row = db.execute("SELECT candidate FROM claims WHERE sha256 = ?", (sha256,)).fetchone()
        return str(row[0])

    def claimed_by(self, candidate_id: str) -> str | None:
        """Return what a candidate holds."""
        with self._db.read() as db:
            row = db.execute("SELECT sha256 FROM claims WHERE candidate = ?", (candidate_id,)).fetchone()
        return str(row[0]) if row else None

    def commit(self, decision: Decision) -> Decision:
        """Record a decision; the first wins."""
        with self._db.write() as db:
            old = self._settled(db, decision.candidate)
            if old is None:
                entered = db.execute(
                    "INSERT OR IGNORE INTO decided (candidate, day, decision) VALUES (?, ?, ?)",
                    (decision.candidate, decision.day, encode_decision(decision)),
                ).rowcount
                stands = decision if entered else self._entered(db, decision.candidate)
                if not stands.keep:
                    db.execute("DELETE FROM claims WHERE candidate = ?", (decision.candidate,))
        return stands if old is None else self._of_old(decision.candidate, old)

    def flush(self) -> int:
        """Write what no line holds yet."""
        self._assign_parts()
        with self._db.read() as db:
            parts = db.execute(
                "SELECT DISTINCT day, part FROM decided WHERE written = 0 AND part > ''"
            ).fetchall()
        count = 0
        for day, part in parts:
            with self._db.read() as db:
                rows = db.execute(
                    "SELECT decision FROM decided WHERE written = 0 AND part = ? ORDER BY seq", (part,)
                ).fetchall()
            if not rows:  # another process has just written this part, whole
                continue
            data = "".join(line + "\n" for (line,) in rows).encode()
            key = decisions_key(day, part)
            # What a crash or another process has written is this part again, or what a recheck made of it.
            if not self._store.put(key, data, content_type=CONTENT_TYPE, if_absent=True):
                self._check_part(key, data)
            with self._db.write() as db:
                count += db.execute(
                    "UPDATE decided SET written = 1 WHERE part = ? AND written = 0", (part,)
                ).rowcount
        return count

    def settle(self, before: str) -> int:
        """Shrink what was decided before a day (YYYY-MM-DD) and is written; returns how many candidates."""
        count = 0
        while True:
            with self._db.write() as db:
                rows = db.execute(
                    "SELECT seq, candidate, day FROM decided WHERE written = 1 AND day < ? "
                    "ORDER BY seq LIMIT ?",
                    (before, _ROWS_A_STEP),
                ).fetchall()
                if not rows:
                    return count
                # A version that knows no settled candidates would decide them again.
                db.execute(f"PRAGMA user_version={LAYOUT}")
                db.executemany(
                    "INSERT OR IGNORE INTO settled VALUES (?, ?)",
                    ((short_name(candidate), day) for _, candidate, day in rows),
                )
                db.execute(
                    "DELETE FROM decided WHERE seq <= ? AND written = 1 AND day < ?", (rows[-1][0], before)
                )
            count += len(rows)

    def shrink(self) -> None:
        """Give the room that settled decisions took back to the disk. It needs as much again meanwhile."""
        self._db.vacuum()

    def redact(self, candidate_id: str) -> None:
        """Forget what was said of a candidate's post; the decision stands."""
        with self._db.write() as db:
            row = db.execute("SELECT decision FROM decided WHERE candidate = ?", (candidate_id,)).fetchone()
            if row:
                line = encode_decision(redacted(self._decoded(row[0])))
                db.execute("UPDATE decided SET decision = ? WHERE candidate = ?", (line, candidate_id))

    def restore(self, decisions: Iterable[tuple[Decision, bool]], claims: Iterable[tuple[str, str]]) -> None:
        """Enter what was known before this file, in one step. Of two entries with one name, the first stands.

        Each of `decisions` comes with whether a line holds it already. `claims` are (sha256, candidate).
        """
        with self._db.write() as db:
            db.executemany(
                "INSERT OR IGNORE INTO decided (candidate, day, decision, written) VALUES (?, ?, ?, ?)",
                ((each.candidate, each.day, encode_decision(each), written) for each, written in decisions),
            )
            db.executemany("INSERT OR IGNORE INTO claims VALUES (?, ?)", claims)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _entered(self, db: sqlite3.Connection, candidate_id: str) -> Decision:
        (line,) = db.execute("SELECT decision FROM decided WHERE candidate = ?", (candidate_id,)).fetchone()
        return self._decoded(line)

    def _settled(self, db: sqlite3.Connection, candidate_id: str) -> str | None:
        row = db.execute("SELECT day FROM settled WHERE name = ?", (short_name(candidate_id),)).fetchone()
        return str(row[0]) if row else None

    def _of_old(self, candidate_id: str, day: str) -> Decision:
        for found in each_line(self._store, day):
            if found is not None and found.candidate == candidate_id:
                return found
        # Somebody has cleared old decisions away. That it was decided is still known.
        gone = Reason(Word.ERROR, f"it was decided on {day}, and its line is not there any more")
        return Decision(candidate_id, keep=False, stage="ledger", reason=gone, bundle="", decided_at=day)

    def _decoded(self, line: str) -> Decision:
        try:
            return decode_decision(line)
        except (ValueError, TypeError) as error:
            raise damaged(self._db.path, f"a decision in it cannot be read: {error}") from None

    def _check_part(self, key: str, data: bytes) -> None:
        """Lines of other candidates under a name of ours: this ledger has forgotten that it wrote them."""
        there = self._store.get(key) or b""
        try:
            same = _candidates(there) == _candidates(data)
        except (ValueError, TypeError):
            same = False
        if not same:
            raise damaged(self._db.path, f"it no longer knows the decisions that it wrote to {key}")

    def _assign_parts(self) -> None:
        with self._db.write() as db:
            rows = db.execute(
                "SELECT seq, day FROM decided WHERE written = 0 AND part IS NULL ORDER BY day, seq"
            ).fetchall()
            part, day, left = "", "", 0
            for seq, row_day in rows:
                if row_day != day or left == 0:
                    part, day, left = f"{self._id}-{seq:010d}", row_day, _LINES_A_PART
                db.execute("UPDATE decided SET part = ? WHERE seq = ?", (part, seq))
                left -= 1


def short_name(candidate_id: str) -> bytes:
    """Return what stands for a candidate's name in `settled`: 16 bytes, enough that no two are ever alike."""
    return hashlib.sha256(candidate_id.encode()).digest()[:16]


def _candidates(lines: bytes) -> list[str]:
    return [decode_decision(line).candidate for line in lines.decode().split("\n") if line]
