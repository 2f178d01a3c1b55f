"""Ways in which a SQLite file can be damaged."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path


def garbage(path: Path) -> None:
    """In place of the header."""
    data = bytearray(path.read_bytes())
    data[:100] = random.Random(1).randbytes(100)
    path.write_bytes(data)


def random_pages(path: Path) -> None:
    """Every page but the first: wherever a run looks, it meets one."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + random.Random(2).randbytes(len(data) - 4096))


def truncated(path: Path) -> None:
    """To half of it."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def emptied(path: Path) -> None:
    """Not a byte is left."""
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    """Stands in its place."""
    path.unlink()
    path.mkdir()


def garbage_log(path: Path) -> None:
    """Where commits wait that are not in the file yet."""
    path.with_name(f"{path.name}-wal").write_bytes(random.Random(3).randbytes(4096))


def another_programs(path: Path) -> None:
    """Sound, with tables of our names that are not ours."""
    path.unlink()
    with sqlite3.connect(path) as db:
        for table in ("messages", "decided", "likenesses"):
            db.execute(f"CREATE TABLE {table} (a)")
    db.close()


def without_its_file(path: Path) -> None:
    """Only the log is left of it."""
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(bytes(100))


WAYS = (garbage, random_pages, truncated, emptied, a_folder, garbage_log, another_programs, without_its_file)
