"""The embedded index of likenesses: multi-index hashing in SQLite.

When two coarse prints differ in up to 7 of 64 bits, some 16-bit quarter of them differs in at most one bit.
So a look-up asks for each quarter's own value and its sixteen neighbours, 68 keys, and compares what it
finds.
Source: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from bowerbird.adapters.sqlite.database import Database
from bowerbird.core.likeness import COARSE_BITS, Likeness

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS likenesses (
    id INTEGER PRIMARY KEY,
    image TEXT NOT NULL UNIQUE,
    candidate TEXT NOT NULL,
    coarse INTEGER NOT NULL,
    fine BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS likenesses_by_candidate ON likenesses (candidate);
CREATE TABLE IF NOT EXISTS quarters (
    quarter INTEGER NOT NULL,
    likeness INTEGER NOT NULL,
    coarse INTEGER NOT NULL,
    PRIMARY KEY (quarter, likeness)
) WITHOUT ROWID;
"""

_QUARTER_BITS: Final = 16
_QUARTERS: Final = 4
_FLIPS: Final = (0, *(1 << bit for bit in range(_QUARTER_BITS)))
_ALL: Final = (1 << 64) - 1

_LOOK_UP: Final = (
    f"SELECT likeness, coarse FROM quarters WHERE quarter IN ({','.join('?' * _QUARTERS * len(_FLIPS))})"  # noqa: S608 - question marks only
)
_COLUMNS: Final = "image, candidate, coarse, fine"
# What earlier versions kept of each; the files themselves are compared now.
_FORMER: Final = {"sharpness", "pixels", "weight"}


class SqliteLikenesses:
    """Holds the likenesses of one place; threads and processes share them."""

    def __init__(self, path: Path) -> None:
        if COARSE_BITS >= 2 * _QUARTERS:
            raise AssertionError("one flip a quarter finds up to 7 bits")
        self._db = Database(path, SCHEMA)
        with self._db.write() as db:
            for (column,) in db.execute("SELECT name FROM pragma_table_info('likenesses')").fetchall():
                if column in _FORMER:
                    db.execute(f"ALTER TABLE likenesses DROP COLUMN {column}")

    def near(self, likeness: Likeness) -> list[Likeness]:
        """Look up."""
        with self._db.read() as db:
            return _near(db, likeness)

    def enter(self, likeness: Likeness) -> list[Likeness]:
        """Look up and add."""
        with self._db.write() as db:
            found = _near(db, likeness)
            _remove(db, "image", likeness.image)
            row = (likeness.image, likeness.candidate, _signed(likeness.coarse), likeness.fine)
            (id_,) = db.execute(
                f"INSERT INTO likenesses ({_COLUMNS}) VALUES (?, ?, ?, ?) RETURNING id",  # noqa: S608 - a constant
                row,
            ).fetchone()
            coarse = _signed(likeness.coarse)
            rows = [(quarter, id_, coarse) for quarter in _quarters(likeness.coarse)]
            db.executemany("INSERT INTO quarters VALUES (?, ?, ?)", rows)
        return found

    def holds(self, image: str) -> bool:
        """Tell whether the picture is in."""
        with self._db.read() as db:
            return db.execute("SELECT 1 FROM likenesses WHERE image = ?", (image,)).fetchone() is not None

    def remove(self, image: str) -> None:
        """Take a picture out."""
        with self._db.write() as db:
            _remove(db, "image", image)

    def forget(self, candidate_id: str) -> None:
        """Take a candidate's pictures out; most have none, and then nothing is written."""
        with self._db.read() as db:
            known = db.execute("SELECT 1 FROM likenesses WHERE candidate = ?", (candidate_id,)).fetchone()
        if known:
            with self._db.write() as db:
                _remove(db, "candidate", candidate_id)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _near(db: sqlite3.Connection, likeness: Likeness) -> list[Likeness]:
    asked = [quarter ^ flip for quarter in _quarters(likeness.coarse) for flip in _FLIPS]
    ids = {
        id_
        for id_, coarse in db.execute(_LOOK_UP, asked)
        if ((coarse & _ALL) ^ likeness.coarse).bit_count() <= COARSE_BITS
    }
    found = []
    for id_ in sorted(ids):
        row = db.execute(f"SELECT {_COLUMNS} FROM likenesses WHERE id = ?", (id_,)).fetchone()  # noqa: S608 - a constant
        other = Likeness(row[0], row[1], row[2] & _ALL, row[3])
        if other.image != likeness.image and likeness.alike(other):
            found.append(other)
    return found


def _remove(db: sqlite3.Connection, column: str, value: str) -> None:
    rows = db.execute(f"SELECT id, coarse FROM likenesses WHERE {column} = ?", (value,)).fetchall()  # noqa: S608 - our own column
    for id_, coarse in rows:
        keys = [(quarter, id_) for quarter in _quarters(coarse & _ALL)]
        db.executemany("DELETE FROM quarters WHERE quarter = ? AND likeness = ?", keys)
        db.execute("DELETE FROM likenesses WHERE id = ?", (id_,))


def _quarters(coarse: int) -> list[int]:
    """Return the four 16-bit quarters, each with its place above the value."""
    return [place << _QUARTER_BITS | coarse >> place * _QUARTER_BITS & 0xFFFF for place in range(_QUARTERS)]


def _signed(coarse: int) -> int:
    """As SQLite keeps 64 bits."""
    return coarse - (1 << 64) if coarse >> 63 else coarse
