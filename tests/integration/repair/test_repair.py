"""Files of a place, damaged: what is said, what is rebuilt, and that nothing is lost or doubled."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.folder import FolderStore
from infra.local.cli import main
from tests.chaos.rig import assert_all_is_right
from tests.e2e.cloud.rig import bundle
from tests.loopback import Answer, Loopback, loopback
from tests.pictures import jpeg

PICTURES = 12
FILES = ("ledger.db", "queue.db", "likenesses.db")


def answer(_host: str, path: str) -> Answer:
    """Every fourth picture is too small, and the last two are copies of the first."""
    number = int(path.removeprefix("/p").removesuffix(".jpg"))
    if number % 4 == 3:
        return 200, "image/jpeg", jpeg(320, 200, number)
    return 200, "image/jpeg", jpeg(1600, 1200, 0 if number >= PICTURES - 2 else number)


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with loopback(answer) as running:
        yield running


@pytest.fixture(scope="module")
def mine(server: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], int]:
    folder = tmp_path_factory.mktemp("world")
    urls, own = folder / "urls.txt", bundle(folder)
    urls.write_text("".join(f"https://pictures.example/p{number}.jpg\n" for number in range(PICTURES)))
    command = ["mine", "--source", f"urls:{urls}", "--gateway", server.url, "--bundle", str(own)]
    return lambda place: main([*command, "--out", str(place)])


@pytest.fixture(scope="module")
def mined(mine: Callable[[Path], int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("mined") / "place"
    assert mine(place) == 0
    return place


@pytest.fixture
def place(mined: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mined, tmp_path / "place"))


def garbage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[:100] = random.Random(1).randbytes(100)
    path.write_bytes(data)


def random_pages(path: Path) -> None:
    """Every page but the first: wherever a run looks, it meets one."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + random.Random(2).randbytes(len(data) - 4096))


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def garbage_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(random.Random(3).randbytes(4096))


def another_programs(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE messages (a)")
        db.execute("CREATE TABLE decided (a)")
        db.execute("CREATE TABLE likenesses (a)")
    db.close()


def without_its_log(path: Path) -> None:
    """Only the log is left of it."""
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(bytes(100))


WAYS = (garbage, random_pages, truncated, emptied, a_folder, garbage_log, another_programs, without_its_log)


def pictures(place: Path) -> set[str]:
    return {path.name for path in (place / "images").rglob("*.jpg")}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", WAYS)
def test_a_damaged_file_is_named_rebuilt_and_costs_no_picture(
    damage: Callable[[Path], None],
    name: str,
    place: Path,
    mine: Callable[[Path], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, path = pictures(place), place / ".bowerbird" / name
    damage(path)
    assert mine(place) == 1
    told = capsys.readouterr().err
    assert str(path) in told
    assert "it is damaged (" in told
    assert "bowerbird repair PLACE" in told
    assert "Traceback" not in told
    assert main(["repair", str(place)]) == 0
    said = {line.partition(":")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "rebuilt" in said[name]
    assert [said[other] for other in FILES if other != name] == [
        f"{other}: sound" for other in FILES if other != name
    ]
    assert (
        len(list(path.parent.glob(f"{name}.broken-*"))) + len(list(path.parent.glob(f"{name}.broken-*-wal")))
        >= 1
    )
    assert mine(place) == 0
    assert pictures(place) == before
    assert_all_is_right(FolderStore(place), PICTURES)
    capsys.readouterr()
    assert main(["repair", str(place)]) == 0
    assert "nothing had to be repaired" in capsys.readouterr().out
