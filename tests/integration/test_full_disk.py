"""Commands that write, on a disk that is full: a sentence, and what stood there stays."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.reasons import Reason, Word
from tests.e2e.cloud.rig import ROOT, bundle

FULL = "the disk is full; make room, then run the same command again"


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """As a full disk: no file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    store, place = FolderStore(tmp_path / "place"), tmp_path / "place"
    lines = [
        Decision(
            f"c{number}",
            number == 0,
            "novelty",
            Reason(Word.NOVELTY, "low"),
            "lite@1",
            "2026-03-01T00:00:00Z",
        )
        for number in range(40)
    ]
    data = "".join(encode_decision(line) + "\n" for line in lines).encode()
    store.put(decisions_key("2026-03-01", "one"), data, content_type="application/x-ndjson")
    return place


def assert_told_and_nothing_half_written(
    command: list[str], written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written.parent.mkdir(exist_ok=True)
    written.write_bytes(b"old")
    beside = sorted(written.parent.iterdir())
    with no_file_above(2000):
        assert main(command) == 1
    told = capsys.readouterr().err
    assert FULL in told
    assert str(written) in told
    assert "Traceback" not in told
    assert written.read_bytes() == b"old"
    assert sorted(written.parent.iterdir()) == beside


def test_sheet_and_report(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert_told_and_nothing_half_written(["sheet", str(place)], place / "sheet" / "sheet.html", capsys)
    assert_told_and_nothing_half_written(["report", str(place)], place / "report.html", capsys)


def test_a_bundle_that_is_packed_or_calibrated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = bundle(tmp_path)
    packed = tmp_path / "packed" / "own.zip"
    assert_told_and_nothing_half_written(["models", "export", "lite", str(packed)], packed, capsys)
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    with no_file_above(2000):
        assert main(["calibrate", "lite", "--keep-rate", "0.9", "--out", str(own)]) == 1
    assert FULL in capsys.readouterr().err
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_what_is_printed_to_a_full_disk(tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("https://pictures.example/p1.jpg\n")
    program = "import sys; from bowerbird.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "candidates", "--source", f"urls:{urls}", "--json"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert f"bowerbird: standard output: {FULL}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
