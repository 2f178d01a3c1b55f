"""A sheet of thousands of decisions becomes pages, and everything kept can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bowerbird.core.decision_log import decisions_key
from bowerbird.core.errors import StoreError
from bowerbird.review.sheet.album import write_album
from bowerbird.review.sheet.page import MOST_BYTES, Sheet
from bowerbird.review.sheet.summary import read_run
from tests.fakes import FakeStore
from tests.many_decisions import Many, many

COUNTS = Many(kept=300, unlike=200, small=130, gone=20)


def sheet_of(store: FakeStore) -> Sheet:
    return Sheet(read_run(store), None, store, "A run")


class Seen(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.cards = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.links.append(str(told["href"]))
        if tag == "img":
            self.pictures.append(told)
        self.cards += tag == "li" and str(told.get("class")).startswith("card")


def reached(front: Path) -> dict[Path, Seen]:
    """Every page that clicks lead to."""
    found: dict[Path, Seen] = {}
    waiting = [front]
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found[path] = Seen(path)
            local = (link for link in found[path].links if "//" not in link and not link.startswith("#"))
            waiting += [path.parent / link for link in local]
    return found


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    page = tmp_path_factory.mktemp("sheet") / "sheet.html"
    write_album(sheet_of(many(COUNTS)), page)
    return page


def test_everything_can_be_reached_by_clicks(front: Path) -> None:
    pages = reached(front)
    names = [path.name for path in pages if path.name.startswith("kept-")]
    assert sorted(names) == ["kept-1.html", "kept-2.html", "kept-3.html"]
    assert sum(pages[path].cards for path in pages if path.name.startswith("kept-")) == COUNTS.kept
    assert (
        sum(pages[path].cards for path in pages if path.name.startswith("reason-"))
        == COUNTS.all - COUNTS.kept
    )
    assert len(set(front.parent.rglob("*.html"))) == len(pages)


def test_the_first_look_is_small_and_its_pictures_come_when_they_are_in_sight(front: Path) -> None:
    assert front.stat().st_size < MOST_BYTES / 4
    seen = Seen(front)
    assert len(seen.pictures) == 48 + 6
    for picture in seen.pictures:
        assert picture["loading"] == "lazy"
        assert picture["alt"]
        assert (front.parent / str(picture["src"])).is_file()
    assert "data:" not in re.sub(r"<meta[^>]*>", "", front.read_text())


def test_the_pages_may_show_files_and_nothing_of_the_network(front: Path) -> None:
    assert "img-src file: 'self'; style-src" in front.read_text()


def test_one_reason_is_one_row_whichever_stage_found_it(front: Path) -> None:
    text = re.sub(r"\s+", " ", front.read_text())
    assert text.count("<span>Too small") == 1
    assert "Too small <small>declared, dimensions</small>" in text


def test_a_smaller_sheet_is_one_file_again_and_takes_its_old_pages_away(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    write_album(sheet_of(many(COUNTS)), page)
    folder = tmp_path / "sheet-files"
    (folder / "mine.txt").write_text("the owner's")
    write_album(sheet_of(many(Many(5, 0, 0, 0))), page)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert "data:image/jpeg" in page.read_text()
    (folder / "mine.txt").unlink()
    write_album(sheet_of(many(Many(5, 0, 0, 0))), page)
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.html"]


def test_one_file_holds_as_much_as_a_megabyte_and_no_more() -> None:
    few, more = Many(30, 10, 10, 10), Many(100, 10, 10, 10)
    assert len(str(sheet_of(many(few)).whole()).encode()) < MOST_BYTES
    assert sheet_of(many(more)).whole() is None  # 110 pictures of 12 KB
    bare = FakeStore()
    key = decisions_key("2026-03-01", "part")
    bare.objects[key] = many(Many(241, 0, 0, 0)).objects[key]
    assert sheet_of(bare).whole() is None  # one file would leave out a kept one


def test_a_disk_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "sheet-files").write_text("a file in the way")
    with pytest.raises(StoreError, match="sheet-files"):
        write_album(sheet_of(many(COUNTS)), tmp_path / "sheet.html")
