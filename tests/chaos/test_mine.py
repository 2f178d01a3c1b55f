"""Whatever is done to `bowerbird mine`: after recovery one decision a candidate, one object a survivor.

`make chaos` runs it for longer: `--chaos-seeds 20`, which is 200 rounds of kills.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.timeouts import TIMEOUTS
from bowerbird.adapters.folder.store import STATE, FolderStore
from tests.aws_servers import Cloud
from tests.chaos.rig import Rig, assert_all_is_right, assert_outcome, dead_letters, rigged
from tests.disks import remount, small_disk
from tests.e2e.cloud.proxy import proxy_before

ROUNDS = 10
LONGEST_LIFE_S = 4.0


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, megabytes=64) as folder:
        yield folder


def assert_recovers(rig: Rig, place: Path) -> None:
    rig.finish_well(str(place))
    assert_all_is_right(FolderStore(place))
    assert_outcome(FolderStore(place))
    assert dead_letters(place / STATE) == []


def test_killed_at_random_points(rig: Rig, tmp_path: Path, chaos_seed: int) -> None:
    chance, place = random.Random(chaos_seed), tmp_path / "out"
    for _ in range(ROUNDS):
        pid = rig.mine(str(place))
        time.sleep(chance.uniform(0, LONGEST_LIFE_S) * chance.random())
        rig.kill(pid)
    assert_recovers(rig, place)


def test_stopped_and_started_by_a_supervisor(rig: Rig, tmp_path: Path, chaos_seed: int) -> None:
    """TERM as systemd sends it, HUP as a closed terminal does; sometimes KILL after it."""
    chance, place = random.Random(chaos_seed), tmp_path / "out"
    for _ in range(ROUNDS // 2):
        pid = rig.mine(str(place))
        time.sleep(chance.uniform(0.2, LONGEST_LIFE_S) * chance.random())
        number = chance.choice([signal.SIGTERM, signal.SIGHUP])
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if chance.random() < 0.3:
            rig.kill(pid)
            continue
        status = rig.finish(pid)
        assert status in {0, -number}, rig.told()  # before it listens, the signal itself ends it
        assert "Traceback" not in rig.told()
    assert_recovers(rig, place)


def test_repair_killed_at_random_points(rig: Rig, tmp_path: Path, chaos_seed: int) -> None:
    """Of a broken queue and a broken ledger; whenever it ends, the next one finishes, and nothing is lost."""
    chance, place = random.Random(chaos_seed), tmp_path / "out"
    rig.finish_well(str(place))
    for name in ("ledger.db", "queue.db"):
        path = place / STATE / name
        path.write_bytes(chance.randbytes(path.stat().st_size))
    for _ in range(ROUNDS // 2):
        pid = rig.run("repair", str(place))
        time.sleep(chance.uniform(0, 0.15))
        rig.kill(pid)
    assert rig.finish(rig.run("repair", str(place))) == 0, rig.told()
    assert_recovers(rig, place)


def test_two_tastes_killed_at_random_points(rig: Rig, tmp_path: Path, chaos_seed: int) -> None:
    """Each taste ends with all decisions, though death comes between the one's and the other's."""
    chance, places = random.Random(chaos_seed), (tmp_path / "one", tmp_path / "two")
    for _ in range(ROUNDS // 2):
        pid = rig.mine_tastes(*places)
        time.sleep(chance.uniform(0, LONGEST_LIFE_S) * chance.random())
        rig.kill(pid)
        # Now and then the owner puts the other taste first, and the queue moves with it.
        places = places if chance.random() < 0.7 else places[::-1]
    assert rig.finish(rig.mine_tastes(*places)) == 0, rig.told()
    rig.pictures.asked.clear()
    assert rig.finish(rig.mine_tastes(*places[::-1])) == 0, rig.told()
    assert rig.pictures.asked == {}  # nothing was left to do
    for place in places:
        assert_all_is_right(FolderStore(place))
        assert_outcome(FolderStore(place))
        assert dead_letters(place / STATE) == []


def test_two_instances_on_one_folder_one_of_them_killed(rig: Rig, tmp_path: Path, chaos_seed: int) -> None:
    chance, place = random.Random(chaos_seed), tmp_path / "out"
    for _ in range(3):
        pids = [rig.mine(str(place)), rig.mine(str(place))]
        time.sleep(chance.uniform(0, LONGEST_LIFE_S))
        rig.kill(pids.pop(chance.randrange(2)))
        assert rig.finish(*pids) == 0, rig.told()
    assert_recovers(rig, place)


def test_full_disk(rig: Rig, disk: Path, chaos_seed: int) -> None:
    """Full at a random moment, in every file there is; then somebody makes room."""
    place, filler = disk / "out", disk / "filler"
    chance = random.Random(chaos_seed)
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(bytes(free - chance.randrange(200_000, 2_000_000)))
    status = rig.finish(rig.mine(str(place)))
    told = rig.told()
    assert status in {1, 2}, told
    assert "the disk is full; make room" in told or "No space left on device" in told
    assert "Traceback" not in told.replace("WARNING", "")
    filler.unlink()
    assert_recovers(rig, place)


def test_read_only_store(rig: Rig, disk: Path, chaos_seed: int) -> None:
    """What is open can still be written, as the queue; new objects cannot."""
    place = disk / "out"
    pid = rig.mine(str(place))
    time.sleep(random.Random(chaos_seed).uniform(0, LONGEST_LIFE_S))
    remount(disk, "ro")
    status = rig.finish(pid)
    told = rig.told()
    remount(disk, "rw")
    assert status == 0 or "it may not be written to" in told or "Read-only file system" in told, told
    assert_recovers(rig, place)


def silence() -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(TIMEOUTS.read_timeout + 2)  # type: ignore[attr-defined] # botocore sets it from its options
    raise ConnectionError("never answered")


def test_s3_that_refuses_is_slow_and_hangs_up(rig: Rig, moto: Cloud, chaos_seed: int) -> None:
    """500 and 503, connections that break and answers that never come, before and after the request is done.

    The process is killed on top.
    """
    chance, bucket = random.Random(chaos_seed), moto.bucket()
    requests, silent = count(), set(chance.sample(range(100), 3))

    def before(_method: str, _path: str) -> int:
        dice = chance.random()
        if dice < 0.05:
            raise ConnectionError("broken before")
        if next(requests) in silent:
            silence()
        time.sleep(0.3 * (dice > 0.95))
        return 500 if 0.05 < dice < 0.15 else 503 if 0.15 < dice < 0.25 else 0

    def after(_method: str, _path: str) -> None:
        if chance.random() < 0.1:
            raise ConnectionError("broken after")
        if next(requests) in silent:
            silence()

    with proxy_before(moto.url) as proxy:
        proxy.refuses, proxy.passed = before, after
        for _ in range(3):
            pid = rig.mine(f"s3://{bucket}/pictures", "--endpoint-url", proxy.url)
            time.sleep(chance.uniform(0, 2 * LONGEST_LIFE_S))
            rig.kill(pid)
        rig.finish(rig.mine(f"s3://{bucket}/pictures", "--endpoint-url", proxy.url))
        proxy.refuses, proxy.passed = (lambda *_: 0), (lambda *_: None)
        rig.finish_well(f"s3://{bucket}/pictures", "--endpoint-url", proxy.url)
    assert next(requests) > max(silent)
    store = S3Store(moto.client("s3"), bucket, "pictures")
    assert_all_is_right(store)
    assert_outcome(store)
    (state,) = (rig.folder / ".local" / "state" / "bowerbird").iterdir()
    assert dead_letters(state) == []
