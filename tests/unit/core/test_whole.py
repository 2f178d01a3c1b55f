"""A file is written whole or not at all."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bowerbird.core.errors import StoreError
from bowerbird.core.whole import replacing, write_whole


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """As a full disk: no file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, b"old")
    with no_file_above(10_000), pytest.raises(StoreError, match=r"page\.html: the disk is full; make room"):
        write_whole(path, bytes(20_000))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_so_does_whoever_gives_up_half_way(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:  # noqa: PT012 - the write is the point
        file.write(b"half")
        raise KeyboardInterrupt
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", b"new")
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "link").is_symlink()) == (b"new", True)


def test_what_is_no_file_is_written_to() -> None:
    with pytest.raises(StoreError, match="/dev/full: the disk is full"):
        write_whole(Path("/dev/full"), b"new")
    assert os.path.exists("/dev/full")  # noqa: PTH110 - a device


@pytest.mark.parametrize(
    ("name", "words"), [("none/page", "is not there; make that"), ("folder", "a folder")]
)
def test_a_place_that_cannot_be_is_told(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=words):
        write_whole(tmp_path / name, b"new")
