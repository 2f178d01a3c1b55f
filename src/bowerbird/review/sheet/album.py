"""Writes the sheet as one file; where that would be too large, as pages with pictures beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.whole import write_whole
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.places import FOLDER, Beside, page_name

#: What we write into the folder, and may take out of it when we write again.
_OURS: Final = re.compile(r"(?:[0-9a-f]{64}\.jpg|chart-\d\.svg|(?:kept|reason-[0-9a-f]{8})-\d+\.html)")


def write_album(sheet: Sheet, page: Path) -> None:
    """Write the sheet to `page`, and what it needs to the folder `sheet-files` beside it.

    Raises:
        StoreError: the disk is full, may not be written to, or fails.
    """
    whole = sheet.whole()
    folder = page.parent / FOLDER
    if whole is None:
        _write_beside(sheet, page, folder)
        return
    write_whole(page, whole.encode())
    _clear(folder, keep=())


def _write_beside(sheet: Sheet, page: Path, folder: Path) -> None:
    written: set[str] = set()
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        for name, text, files in _pages(sheet):
            for each in files.keys() - written:
                (folder / each).write_bytes(files[each])
            written |= files.keys()
            if name:
                (folder / name).write_text(text, encoding="utf-8")
                written.add(name)
            else:
                front = text
        _clear(folder, keep=written)
    write_whole(page, front.encode())  # last, so that it leads to nothing that is not there


def _pages(sheet: Sheet) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Make the pages: name, text and pictures of each; the front has no name."""
    places = Beside(on_front=True)
    yield "", sheet.front(places), places.files
    for view in sheet.views:
        for number in range(1, view.pages + 1):
            places = Beside(on_front=False)
            yield page_name(view, number), sheet.page(view, number, places), places.files


def _clear(folder: Path, keep: Iterable[str]) -> None:
    """Take out what an earlier sheet left."""
    if not folder.is_dir():
        return
    kept = frozenset(keep)
    with disk_errors(folder):
        for path in folder.iterdir():
            if path.name not in kept and _OURS.fullmatch(path.name):
                path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()
