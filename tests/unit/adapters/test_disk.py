"""A disk that fails: what is said, and what is left. On a real full disk where we may mount one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import StoreError
from tests.disks import remount, small_disk

TEXT = "text/plain"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, megabytes=1) as folder:
        yield folder


def fill(disk: Path) -> Path:
    """Leave not a byte."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


def test_a_full_disk_says_so_and_keeps_the_old_object(disk: Path) -> None:
    store = FolderStore(disk)
    store.put("a", b"old", content_type=TEXT)
    filler = fill(disk)
    with pytest.raises(StoreError, match="the disk is full; make room"):
        store.put("a", bytes(100_000), content_type=TEXT)
    with pytest.raises(StoreError, match="the disk is full"):
        store.put("b", bytes(100_000), content_type=TEXT, if_absent=True)
    assert (store.get("a"), store.get("b")) == (b"old", None)
    assert list((disk / ".bowerbird" / "tmp").iterdir()) == []
    filler.unlink()
    assert store.put("a", b"new", content_type=TEXT)


def test_a_full_disk_costs_a_transaction_and_not_the_queue(disk: Path) -> None:
    queue = SqliteQueue(disk / "queue.db")
    queue.send([("a", "body")])
    filler = fill(disk)
    with pytest.raises(StoreError, match=r"queue\.db: the disk is full"):
        queue.send([(str(n), "x" * 1000) for n in range(2000)])
    filler.unlink()
    assert queue.depth().ready == 1, "all of a batch or nothing"
    assert queue.send([("b", "body")]) == 1
    assert [message.id for message in queue.receive(9)] == ["a", "b"]


def test_a_folder_that_cannot_hold_the_ledger_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="file"):
        SqliteLedger(tmp_path / "file" / "ledger.db", FolderStore(tmp_path))


def test_a_read_only_disk_says_so(disk: Path) -> None:
    store = FolderStore(disk)
    store.put("a", b"1", content_type=TEXT)
    SqliteQueue(disk / "queue.db").close()
    remount(disk, "ro")
    with pytest.raises(StoreError, match="it may not be written to"):
        store.put("a", b"2", content_type=TEXT)
    with pytest.raises(StoreError, match="it may not be written to"):
        store.replace("a", b"2", content_type=TEXT, version=None)
    with pytest.raises(StoreError, match="it may not be written to"):
        store.delete("a")
    with pytest.raises(StoreError, match="it may not be written to"):
        SqliteQueue(disk / "queue.db")
    assert store.get("a") == b"1"
    remount(disk, "rw")
    assert store.put("a", b"2", content_type=TEXT)


@pytest.mark.parametrize(("number", "advice"), [("ENOSPC", "full"), ("EROFS", "written"), ("EIO", "disk")])
def test_every_error_of_a_disk_says_what_to_do(number: str, advice: str) -> None:
    code = getattr(errno, number)
    with pytest.raises(StoreError, match=advice), disk_errors(Path("place")):
        raise OSError(code, os.strerror(code))
