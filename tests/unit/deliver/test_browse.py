"""Names for people: they come, stay, go with their picture, and survive what happens to a place."""

import io
import json
import os
import shutil
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bowerbird.adapters.folder import names
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.keys import sidecar_key
from bowerbird.deliver.browse import Browse
from bowerbird.deliver.described import Xmp
from bowerbird.deliver.naming import NameRule
from bowerbird.filter.replaced import Replaced
from bowerbird.removal.recheck import kept_picture, purge
from tests.pictures import jpeg
from tests.unit.deliver.survivors import keep, sidecar

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Home:
    """A place with one picture, kept at noon."""

    def __init__(self, root: Path) -> None:
        self.root, self.store, self.now = root, FolderStore(root), NOON
        self.key = self.keep(0, "A hill")

    def keep(self, seed: int, title: str) -> str:
        key = keep(self.store, jpeg(80, 60, seed))
        told = sidecar(title=title, id=f"t3_{seed}")
        told["decision"] |= {
            "candidate": f"reddit:t3_{seed}:0", "image": key, "decided_at": NOON.isoformat(),
        }  # fmt: skip
        self.store.put(sidecar_key(key), json.dumps(told).encode(), content_type="application/json")
        return key

    def browse(self, rule: str = NameRule().template, xmp: Xmp = "none") -> Browse:
        return Browse(self.store, self.root, NameRule.parse(rule), xmp=xmp, zone=UTC, clock=lambda: self.now)

    def names(self) -> set[str]:
        return {
            path.relative_to(self.root / "browse").as_posix()
            for path in (self.root / "browse").rglob("*")
            if path.is_file()
        }

    def purge(self) -> None:
        kept = kept_picture(self.store, sidecar_key(self.key))
        assert kept
        purge(self.store, kept, "removed", NOON)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "place")


def name_of(home: Home) -> str:
    return f"2026-11-26 A-hill {home.key[10:18]}.jpg"


def both(home: Home) -> set[str]:
    return {f"2026-11-26/{name_of(home)}", f"today/{name_of(home)}"}


def test_a_picture_gets_names_that_cost_no_space(home: Home) -> None:
    assert home.browse().refresh() == 1
    assert home.names() == both(home)
    assert all((home.root / "browse" / name).samefile(home.root / home.key) for name in both(home))


def test_a_later_run_changes_nothing_and_names_what_is_new(home: Home) -> None:
    home.browse().refresh()
    later = home.browse()
    assert later.refresh() == 0
    home.keep(1, "A lake")
    assert later.refresh() == 1
    assert len(home.names()) == 4


def test_today_is_empty_tomorrow_and_holds_nothing_of_the_owners(home: Home) -> None:
    running = home.browse()
    running.refresh()
    (home.root / "browse/today/mine.txt").write_text("a note")
    home.now += timedelta(days=1)
    for browse in (running, home.browse()):
        browse.refresh()
        assert home.names() == {f"2026-11-26/{name_of(home)}", "today/mine.txt"}


def test_a_purged_picture_leaves_no_name(home: Home) -> None:
    home.browse(xmp="beside").refresh()
    assert len(home.names()) == 4
    home.purge()
    assert home.names() == set()
    assert not (home.root / "browse/2026-11-26").exists()


def test_a_replaced_picture_leaves_its_names_and_gets_them_back(home: Home) -> None:
    browse = home.browse()
    browse.refresh()
    Replaced(home.store).take(home.key, "images/ff/better.jpg", "larger")
    assert home.names() == set()
    assert browse.refresh() == 0
    Replaced(home.store).restore(home.key)
    assert browse.refresh() == 1
    assert home.names() == both(home)


def test_a_place_that_moved_and_lost_its_links_is_still_cleaned(home: Home, tmp_path: Path) -> None:
    home.browse().refresh()
    shutil.copytree(home.root, tmp_path / "moved")
    moved = copy(home)
    moved.root = tmp_path / "moved"
    moved.store = FolderStore(moved.root)
    assert moved.browse().refresh() == 0
    moved.purge()
    assert moved.names() == set()


def test_what_the_owner_deleted_or_renamed_stays_so(home: Home) -> None:
    home.browse().refresh()
    (home.root / "browse/today" / name_of(home)).unlink()
    (home.root / "browse/2026-11-26" / name_of(home)).rename(home.root / "favourite.jpg")
    home.browse().refresh()
    assert home.names() == set()


def test_a_new_template_names_new_pictures_and_again_names_all(home: Home) -> None:
    home.browse().refresh()
    other = home.browse("{community}/{title} {hash}")
    assert other.refresh() == 0
    assert other.again() == 1
    short = home.key[10:18]
    assert home.names() == {f"EarthPorn/A-hill {short}.jpg", f"today/A-hill {short}.jpg"}


def test_a_name_of_the_owners_own_file_is_not_taken(home: Home) -> None:
    taken = home.root / "browse/2026-11-26" / name_of(home)
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    home.browse().refresh()
    assert taken.read_text() == "mine"
    assert f"2026-11-26/2026-11-26 A-hill {home.key[10:74]}.jpg" in home.names()


def test_a_description_goes_into_the_copy_and_never_into_the_original(home: Home) -> None:
    before = home.store.get(home.key)
    home.browse(xmp="embedded").refresh()
    picture = Image.open(io.BytesIO((home.root / "browse/2026-11-26" / name_of(home)).read_bytes()))
    assert b"<dc:creator><rdf:Seq><rdf:li>someone<" in picture.info["xmp"]
    assert home.store.get(home.key) == before
    home.purge()
    assert home.names() == set()


def test_where_no_links_can_be_made_the_name_is_a_copy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)  # stands for a file system without links, such as exFAT
    names.link(home.root, home.key, "browse/a.jpg")
    assert (home.root / "browse/a.jpg").read_bytes() == home.store.get(home.key)


@pytest.mark.parametrize(
    "name",
    [
        "../{}.jpg",
        "/etc/{}.jpg",
        "labels/{}.jpg",
        "images/ab/{}.jpg",
        "a/.{}.jpg",
        "a/{}.json",
        "a/other.jpg",
        7,
    ],
)
def test_a_sidecar_cannot_have_other_files_deleted(home: Home, name: object) -> None:
    told = json.loads(home.store.get(sidecar_key(home.key)) or b"")
    name = name.format(home.key[10:18]) if isinstance(name, str) else name
    said = json.dumps(told | {"names": [name, f"a/{home.key[10:18]}.jpg"]}).encode()
    assert names.given(lambda _: said, home.key) == [f"a/{home.key[10:18]}.jpg"]


BREAKS: list[Callable[[Home], object]] = [
    lambda home: home.store.put(sidecar_key(home.key), b"[1]", content_type="x"),
    lambda home: home.store.put(sidecar_key(home.key), b"{", content_type="x"),
    lambda home: home.store.delete(sidecar_key(home.key)),
]


@pytest.mark.parametrize("damage", BREAKS)
def test_a_picture_without_a_sidecar_waits(home: Home, damage: Callable[[Home], object]) -> None:
    damage(home)
    assert home.browse().refresh() == 0
    assert home.names() == set()
