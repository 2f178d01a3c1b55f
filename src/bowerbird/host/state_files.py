"""Names the files on this machine that keep one place's queue, ledger and index of likenesses."""

from __future__ import annotations

from typing import Final

from bowerbird.adapters.folder.disk import damaged
from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite import ledger, likenesses, queue

LEDGER: Final = "ledger.db"
QUEUE: Final = "queue.db"
LIKENESSES: Final = "likenesses.db"
SCHEMAS: Final = {QUEUE: queue.SCHEMA, LEDGER: ledger.SCHEMA, LIKENESSES: likenesses.SCHEMA}


def check_whole(place: Place) -> None:
    """Refuse to begin anew after a file was lost. A new file would not know the earlier decisions.

    Raises:
        DamagedError: a file is missing, and the place holds what only a run with that file can have written.
    """
    decided, waiting = place.state / LEDGER, place.state / QUEUE
    if decided.exists() and not waiting.exists():
        raise damaged(waiting, f"it is missing beside {LEDGER}")
    # Several machines may fill a bucket. Every decision in a folder comes from the folder's own ledger.
    if not place.shared and not decided.exists() and any(True for _ in place.store.keys("decisions/")):
        raise damaged(decided, "it is missing, and decisions are there")
