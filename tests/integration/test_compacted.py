"""A place that was compacted answers every command as it did before."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bowerbird.adapters.folder.store import STATE, FolderStore
from bowerbird.adapters.place import open_place
from bowerbird.cli.main import main
from bowerbird.core.decision_log import DecisionLog, is_packed, log_keys
from bowerbird.core.labels import Label, write_label
from bowerbird.host.state_files import LEDGER
from bowerbird.panel.wiring import everything, guarded
from bowerbird.removal.redaction import redact_lines
from bowerbird.review.label.session import open_session

PHOTOGRAPHS = Path(__file__).parents[2] / "src/bowerbird/demo/photographs"
NAMES = ("lake-sherburne", "hilltop-sunset", "forest-stream", "casa-mila", "coffee", "chelsea", "rocket")
OLD = "2026-01-05"
#: When something was removed: the two places differ in that.
_CLOCK = re.compile(rb"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in NAMES:
        shutil.copy(PHOTOGRAPHS / f"{name}.jpg", folder)
    return folder


@pytest.fixture(scope="module")
def places(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What was mined long ago: as it was written, and compacted."""
    root = tmp_path_factory.mktemp("places")
    plain, packed = root / "plain" / "place", root / "packed" / "place"
    mine(pictures, plain)
    aged(plain)
    decisions = list(DecisionLog(FolderStore(plain)).read())
    assert {each.keep for each in decisions} == {True, False}
    for each in decisions:
        write_label(FolderStore(plain), Label(each.candidate, not each.keep, f"{OLD}T12:00:00Z", "label"))
    shutil.copytree(plain, packed)
    assert main(["compact", str(packed)]) == 0
    assert all(is_packed(key) for key in log_keys(FolderStore(packed)))
    with closing(sqlite3.connect(packed / STATE / LEDGER)) as ledger:
        assert ledger.execute("SELECT count(*) FROM decided").fetchone() == (0,)
    return plain, packed


def mine(pictures: Path, place: Path) -> None:
    command = ["mine", "--once", "--source", f"folder:{pictures}", "--out", str(place)]
    assert main([*command, "--min-area", "100000"]) == 0


def aged(place: Path) -> None:
    """Put all that was decided on an old day, as if it had been mined then."""
    days = {path.name.partition("=")[2] for path in (place / "decisions").iterdir()}
    for path in [*place.glob("decisions/*/*.jsonl"), *place.glob("images/**/*.json")]:
        text = path.read_text()
        for day in days:
            text = text.replace(f"{day}T", f"{OLD}T")
        path.write_text(text)
    (place / f"decisions/day={OLD}").mkdir()
    for path in place.glob("decisions/*/*.jsonl"):
        path.rename(place / f"decisions/day={OLD}" / path.name)
    for day in days:
        (place / f"decisions/day={day}").rmdir()
        with closing(sqlite3.connect(place / STATE / LEDGER)) as ledger:
            ledger.execute("UPDATE decided SET day = ?1, decision = replace(decision, ?2, ?1)", (OLD, day))
            ledger.commit()


def copied(places: tuple[Path, Path], folder: Path) -> list[Path]:
    """Copies of both, with one name: what a command says of a place has its name in it."""
    made = [folder / kind / "place" for kind in ("plain", "packed")]
    for place, copy in zip(places, made, strict=True):
        shutil.copytree(place, copy)
        (copy.parent / "gallery").mkdir()
    return made


def left(place: Path) -> tuple[list[str], dict[str, bytes]]:
    """The decisions of a place, and all its other files that are not this machine's own."""
    lines = sorted(str(each) for each in DecisionLog(FolderStore(place)).read())
    files = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    others = {
        name: _CLOCK.sub(b"now", path.read_bytes()).replace(str(place.parent).encode(), b"")
        for name, path in files.items()
        if not name.startswith((f"{STATE}/", "decisions/"))
    }
    return lines, others


@pytest.mark.parametrize(
    "command",
    [
        ["sheet", "PLACE"],
        ["report", "PLACE"],
        ["report", "PLACE", "--json"],
        ["report", "PLACE", "--day", OLD],
        ["browse", "PLACE"],
        ["prune", "PLACE", "--max-size", "1kB"],
        ["prune", "PLACE", "--max-size", "1kB", "--yes"],
        ["prune", "PLACE", "--max-age", "30d", "--min-percentile", "99", "--yes"],
        ["repair", "PLACE"],
        ["restore", "PLACE", "--list"],
        ["redrive", "--out", "PLACE"],
        ["deliver", "--from", "PLACE", "--to", "folder:PLACE/../gallery"],
        ["calibrate", "--per-day", "1", "--from", "PLACE", "--out", "PLACE/../bundle"],
        ["compact", "PLACE"],
    ],
    ids=" ".join,
)
def test_a_command_says_and_does_the_same(
    places: tuple[Path, Path], command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, done = [], []
    for place in copied(places, tmp_path):
        status = main([word.replace("PLACE", str(place)) for word in command])
        said = capsys.readouterr()
        told.append(
            (status, said.out.replace(str(place.parent), ""), said.err.replace(str(place.parent), ""))
        )
        done.append(left(place))
    if command[0] != "compact":
        assert told[0] == told[1]
    assert told[1][0] == 0
    assert done[0][0] == done[1][0]
    assert done[0][1].keys() == done[1][1].keys()
    assert {name for name in done[0][1] if done[0][1][name] != done[1][1][name]} == set()


def test_a_lost_ledger_is_made_anew_and_decides_nothing_twice(
    places: tuple[Path, Path], pictures: Path, tmp_path: Path
) -> None:
    _, packed = copied(places, tmp_path)
    before = left(packed)
    for path in (packed / STATE).glob(f"{LEDGER}*"):
        path.unlink()
    assert main(["repair", str(packed)]) == 0
    mine(pictures, packed)
    assert left(packed)[0] == before[0]


def test_mining_again_decides_nothing_twice(
    places: tuple[Path, Path], pictures: Path, tmp_path: Path
) -> None:
    plain, packed = copied(places, tmp_path)
    for place in (plain, packed):
        mine(pictures, place)
    assert left(plain) == left(packed)
    assert len(left(packed)[0]) == len(NAMES)


def test_a_removed_post_is_redacted(places: tuple[Path, Path], tmp_path: Path) -> None:
    """What `recheck` does to the log when a post is gone."""
    kept = next(each for each in DecisionLog(FolderStore(places[0])).read() if each.keep)
    for place in copied(places, tmp_path):
        store = FolderStore(place)
        assert list(redact_lines(store, [OLD], {kept.submission["id"]})) == [kept.candidate]
        found = {each.candidate: each.submission for each in DecisionLog(store).read()}
        assert found[kept.candidate].keys() == {"source", "id"}


@pytest.mark.parametrize("page", ["keeps", "sheet/", "report/", f"sheet/?day={OLD}"])
def test_a_page_shows_the_same(places: tuple[Path, Path], page: str, tmp_path: Path) -> None:
    shown = []
    for place in copied(places, tmp_path):
        with opened(place) as client:
            shown.append(client.get(f"/1/{page}"))
    assert [each.status_code for each in shown] == [200, 200]
    assert shown[0].text == shown[1].text


def test_the_same_pictures_are_there_to_label(places: tuple[Path, Path]) -> None:
    shown = [open_session(FolderStore(place)).cards for place in places]
    assert shown[0] == shown[1] != ()


def opened(place: Path) -> TestClient:
    """The page of an installation."""
    app = guarded(everything([open_place(str(place))], Starlette()), None)
    return TestClient(app, base_url="http://127.0.0.1:8011")
