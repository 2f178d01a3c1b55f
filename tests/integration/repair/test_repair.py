"""A place damaged: what is said, what is rebuilt, and that nothing is lost or doubled."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.cli.main import main
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from bowerbird.core.ports import ObjectStore
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from tests.chaos.rig import assert_all_is_right
from tests.damage import emptied, garbage, random_pages, truncated
from tests.e2e.cloud.rig import bundle
from tests.loopback import Answer, loopback
from tests.pictures import jpeg

PICTURES, EXTRA = 8, 2
KEYS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_DEFAULT_REGION": REGION,
}
FILES = ("queue.db", "ledger.db", "likenesses.db")
Mine = Callable[..., int]


def answer(_host: str, path: str) -> Answer:
    """Every fourth picture is too small, and the last two are copies of the first."""
    number = int(path.removeprefix("/p").removesuffix(".jpg"))
    if number % 4 == 3:
        return 200, "image/jpeg", jpeg(320, 200, number)
    return 200, "image/jpeg", jpeg(1600, 1200, 0 if number >= PICTURES - 2 else number)


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mine]:
    folder = tmp_path_factory.mktemp("world")
    urls, own = folder / "urls.txt", bundle(folder)
    urls.write_text("".join(f"https://pictures.example/p{number}.jpg\n" for number in range(PICTURES)))
    with loopback(answer) as server:
        command = ["mine", "--source", f"urls:{urls}", "--gateway", server.url, "--bundle", str(own)]
        yield lambda place, *more: main([*command, "--out", str(place), *more])


@pytest.fixture(scope="module")
def mined(mine: Mine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("mined") / "place"
    assert mine(place) == 0
    return place


@pytest.fixture
def place(mined: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mined, tmp_path / "place"))


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    return {line.partition(":")[0]: line for line in capsys.readouterr().out.splitlines()}


def images(store: ObjectStore) -> list[str]:
    return list(store.keys("images/"))


@pytest.mark.parametrize(
    ("damage", "names"),
    [(garbage, FILES), (random_pages, ("ledger.db",)), (truncated, ("queue.db",)), (emptied, ("ledger.db",))],
)
def test_damaged_repaired_and_mined_again_a_place_is_as_it_was(
    damage: Callable[[Path], None],
    names: tuple[str, ...],
    place: Path,
    mine: Mine,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store, state = FolderStore(place), place / ".bowerbird"
    before = images(store)
    for name in names:
        damage(state / name)
    assert mine(place) == 1
    told = capsys.readouterr().err
    assert f"{state / names[0]}: it is damaged (" in told
    assert "run `bowerbird repair PLACE`" in told
    assert "Traceback" not in told
    assert main(["repair", str(place), "--dry-run"]) == 0
    assert all("would be rebuilt" in said(capsys)[name] for name in names[:1])
    assert main(["repair", str(place)]) == 0
    lines = said(capsys)
    for name in FILES:
        assert ("rebuilt" if name in names else f"{name}: sound") in lines[name]
        assert any(state.glob(f"{name}.broken-*")) == (name in names)
    assert mine(place) == 0
    assert images(store) == before
    assert_all_is_right(store, PICTURES)
    capsys.readouterr()
    assert main(["repair", str(place)]) == 0
    assert "nothing had to be repaired" in said(capsys)


def test_what_waits_in_a_queue_with_a_garbage_header_is_saved(
    place: Path, mine: Mine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The source does not offer them again: what is saved is all there is of them."""
    path, post = place / ".bowerbird" / "queue.db", Submission("urls", "more")
    more = [
        Candidate(f"urls:{n}", (f"https://pictures.example/p{n}.jpg",), post) for n in range(20, 20 + EXTRA)
    ]
    queue = SqliteQueue(path)
    queue.send([(each.id, encode_candidate(each)) for each in more])
    queue.close()
    cursor = place / "cursors" / "ab.json"
    cursor.parent.mkdir(exist_ok=True)
    cursor.write_text('{"version":1,"seen":[],"spans":[],"abandoned":null}')
    garbage(path)
    assert main(["repair", str(place)]) == 0
    lines = said(capsys)
    assert f"{EXTRA} candidates and 0 dead letters were saved" in lines["queue.db"]
    assert "the next run reads its source again" in lines["cursors/ab.json"]
    assert not cursor.exists()
    assert len(list((place / "broken" / "cursors").iterdir())) == 1
    assert mine(place) == 0
    assert_all_is_right(FolderStore(place), PICTURES + EXTRA)


def test_nobody_repairs_what_a_miner_works_on(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue = SqliteQueue(place / ".bowerbird" / "queue.db")
    assert main(["repair", str(place)]) == 1
    assert "a miner or another command is at work here; stop it, then repair" in capsys.readouterr().err
    queue.close()


@pytest.mark.parametrize("steps", range(1, 5))
def test_killed_at_any_step_a_repair_is_done_again(
    steps: int, place: Path, mine: Mine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The steps of a swap, with and without the old file's log, done as far as that by a repair that died."""
    state = place / ".bowerbird"
    path = state / "queue.db"
    shutil.copy(path, state / "new")
    garbage(path)
    path.with_name("queue.db-wal").write_bytes(b"log")
    moves = [
        ("new", "queue.db.repaired"),
        ("queue.db", "queue.db.broken-1"),
        ("queue.db-wal", "queue.db.broken-1-wal"),
        ("queue.db.repaired", "queue.db"),
    ]
    for old, new in moves[:steps]:
        (state / old).rename(state / new)
    if steps < len(moves):
        assert mine(place) == 1
        assert "queue.db: it is damaged" in capsys.readouterr().err
    assert main(["repair", str(place)]) == 0
    assert mine(place) == 0
    assert_all_is_right(FolderStore(place), PICTURES)
    assert any(state.glob("queue.db.broken-*"))
    assert not any(state.glob("*.repaired"))


def test_objects_that_cannot_be_read_are_kept_and_written_anew(
    place: Path, mine: Mine, capsys: pytest.CaptureFixture[str]
) -> None:
    store = FolderStore(place)
    sidecar = next(key for key in store.keys("images/") if key.endswith(".json"))
    store.put(sidecar, b'{"version": 1, "ima', content_type="application/json")
    store.put("labels/ab/abc.json", b"not a label", content_type="application/json")
    assert main(["repair", str(place)]) == 0
    lines = capsys.readouterr().out
    assert f"{sidecar}: no sidecar" in lines
    assert f"{sidecar}: written anew from its decision" in lines
    assert "labels/ab/abc.json: no label" in lines
    assert len([key for key in store.keys("broken/") if ".broken-" in key]) == 2
    assert mine(place) == 0
    assert_all_is_right(store, PICTURES)
    assert list(store.keys("labels/")) == []


def test_doctor_names_a_damaged_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truncated(place / ".bowerbird" / "ledger.db")
    source = f"folder:{place / 'images'}"
    assert main(["doctor", "--source", source, "--out", str(place), "--json"]) == 1
    found = {line["name"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (found["queue.db"]["state"], found["ledger.db"]["state"]) == ("ok", "damaged")
    assert "run `bowerbird repair PLACE`" in found["ledger.db"]["detail"]


def test_a_bucket_is_repaired_too(
    moto: Cloud,
    mine: Mine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    bucket = moto.bucket()
    place, more = f"s3://{bucket}/found", ("--endpoint-url", moto.url)
    assert mine(place, *more) == 0
    (state,) = (tmp_path / ".local" / "state" / "bowerbird").iterdir()
    store = S3Store(moto.client("s3"), bucket, "found")
    before = images(store)
    for name in FILES:
        garbage(state / name)
    assert mine(place, *more) == 1
    assert f"{state / 'queue.db'}: it is damaged (" in capsys.readouterr().err
    assert main(["repair", place, *more]) == 0
    assert "rebuilt" in said(capsys)["ledger.db"]
    assert mine(place, *more) == 0
    assert images(store) == before
    assert_all_is_right(store, PICTURES)
