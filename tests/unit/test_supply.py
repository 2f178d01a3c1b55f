"""What is installed is what was looked at: every lock names one version of everything, with its hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Scripts that train and export models on somebody's own machine, with a torch that no index has hashes for.
BUILD = ROOT / "layers" / "models" / "workshop"

LOCKS = sorted(
    path
    for pattern in (
        "requirements/*.txt",
        "layers/**/requirements.txt",
        "functions/**/requirements.txt",
        "infra/**/requirements.txt",
    )
    for path in ROOT.glob(pattern)
    if BUILD not in path.parents
)
REQUIREMENT = re.compile(
    r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^\s;\\]+( ;[^\\]*)?( \\)?", re.IGNORECASE
)


def test_there_are_locks_for_everything_that_is_deployed() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in LOCKS}
    assert found >= {
        "requirements/dev.txt",
        "layers/core/requirements.txt",
        "functions/crawl/requirements.txt",
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_line_is_pinned_and_hashed(lock: Path) -> None:
    text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text(encoding="utf-8"))
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries != [""]
    for entry in entries:
        first, *rest = entry.splitlines()
        assert REQUIREMENT.fullmatch(first), first
        hashes = [line for line in rest if line.strip().startswith("--hash")]
        assert hashes, f"{first} has no hash"
        assert all(re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes), first


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_line_names_an_index_or_a_file(lock: Path) -> None:
    assert not re.search(
        r"https?://|file:|--(extra-)?index-url|--find-links|@ ", lock.read_text(encoding="utf-8")
    )


def test_what_installs_asks_for_the_hashes() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    syncs = [line for line in text.splitlines() if "pip sync" in line]
    assert syncs
    assert all("--require-hashes" in line for line in syncs)
