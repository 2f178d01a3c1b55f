"""How many pictures are computed at once: by the time that a process gets, not by the cores that it sees."""

import os
from pathlib import Path

import pytest

from bowerbird.core.cores import cores

SEEN = len(os.sched_getaffinity(0))
V2 = {"proc/self/cgroup": "0::/a/b\n"}
V1 = {"proc/self/cgroup": "5:memory:/docker/1\n2:cpu,cpuacct:/docker/1\n1:name=systemd:/\n"}


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, SEEN),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "max 100000\n"}, SEEN),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "100000 100000\n"}, 1),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "20000 100000\n"}, 1),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "6400000 100000\n"}, SEEN),
        # The group above may allow less, and a container sees its own group as the root.
        (V2 | {"sys/fs/cgroup/a/cpu.max": "100000 100000\n"}, 1),
        (V2 | {"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 1),
        (V1 | {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n"}, SEEN),
        (
            V1
            | {
                "sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us": "100000\n",
            },
            1,
        ),
        (
            V1
            | {
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "40000\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            1,
        ),
        # Nonsense says nothing.
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "0 0\n"}, SEEN),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "one\n"}, SEEN),
        ({"proc/self/cgroup": "\n:\n0\nx:cpu\n"}, SEEN),
    ],
)
def test_a_quota_bounds_the_cores(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    assert cores(root=machine(tmp_path, files)) == expected


def test_half_a_core_more_is_one_worker_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(32)))
    root = machine(tmp_path, V2 | {"sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"})
    assert cores(root=root) == 2


def test_of_32_cores_a_function_uses_what_it_pays_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(32)))
    assert cores(3538, root=tmp_path) == 2
    assert cores(512, root=tmp_path) == 1
