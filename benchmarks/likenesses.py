"""Look-ups of what is nearly the same picture, against a million entries: python -m benchmarks.likenesses."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from pathlib import Path

from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.core.likeness import Likeness

ENTRIES, LOOKUPS, ENTERED = 1_000_000, 10_000, 1000


def likeness(number: int, coarse: int) -> Likeness:
    """An entry; its fine print follows the coarse one, as a true one's does."""
    fine = coarse.to_bytes(8, "big") * 4
    return Likeness(f"images/{number:064x}.jpg", f"c{number}", coarse, fine)


def fill(path: Path, coarse: list[int]) -> None:
    """All entries in one transaction; entering them one by one is not what is measured."""
    db = sqlite3.connect(path)
    ones = (likeness(number, each) for number, each in enumerate(coarse))
    rows = (
        (number, one.image, one.candidate, signed(one.coarse), one.fine) for number, one in enumerate(ones)
    )
    db.executemany("INSERT INTO likenesses VALUES (?, ?, ?, ?, ?)", rows)
    quarters = sorted(
        (place << 16 | each >> place * 16 & 0xFFFF, number, signed(each))
        for number, each in enumerate(coarse)
        for place in range(4)
    )
    db.executemany("INSERT INTO quarters VALUES (?, ?, ?)", quarters)
    db.commit()
    db.close()


def signed(coarse: int) -> int:
    """As SQLite keeps 64 bits."""
    return coarse - (1 << 64) if coarse >> 63 else coarse


def some_print(chance: random.Random) -> int:
    """32 of 64 bits set, as the median makes it."""
    return sum(1 << bit for bit in chance.sample(range(64), 32))


def main() -> None:
    """Half of the look-ups are of a kept picture with 4 bits changed, half of new ones."""
    chance = random.Random(1)
    coarse = [some_print(chance) for _ in range(ENTRIES)]
    asked = [
        coarse[chance.randrange(ENTRIES)] ^ sum(1 << bit for bit in chance.sample(range(64), 4))
        if number % 2
        else some_print(chance)
        for number in range(LOOKUPS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "likenesses.db"
        index = SqliteLikenesses(path)
        fill(path, coarse)
        start = time.process_time()
        found = sum(bool(index.near(likeness(ENTRIES + number, each))) for number, each in enumerate(asked))
        looking = time.process_time() - start
        size = path.stat().st_size / 1e6
        start = time.process_time()
        for number in range(ENTERED):
            index.enter(likeness(2 * ENTRIES + number, some_print(chance)))
        entering = time.process_time() - start
        index.close()
    print(
        f"{LOOKUPS} look-ups against {ENTRIES} entries: {looking:.1f} s of CPU, {found} found, {size:.0f} MB"
    )
    print(f"{ENTERED} entered: {entering:.1f} s of CPU")


if __name__ == "__main__":
    main()
