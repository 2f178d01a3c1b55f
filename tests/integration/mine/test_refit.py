"""`mine` fills the sample of the stream as it looks, and `--refit` says what it does and does not do."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bowerbird.adapters.place import open_place
from bowerbird.cli.main import main
from bowerbird.core.stream_sample import read_sample
from bowerbird.crawl.sources import open_source
from bowerbird.filter.shape import ShapeRule
from bowerbird.host.mine import RunOptions, mine
from bowerbird.host.wiring import HostOptions, source_context
from bowerbird.imaging import picture_files
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import find, load
from bowerbird.models.eight_bits import unpack
from tests.pictures import jpeg


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(3):
        (folder / f"{seed}.jpg").write_bytes(jpeg(320, 240, seed))
    (folder / "tall.jpg").write_bytes(jpeg(64, 640))
    return folder


def test_what_mine_looked_at_is_in_the_sample_as_the_encoder_saw_it(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = f"{tmp_path}/place"
    plain = tmp_path / "lite"  # but for its glance, after which a picture never meets the encoder
    shutil.copytree(find("lite"), plain)
    manifests.write(manifests.read(plain).model_copy(update={"glance": None}), plain)
    command = ["mine", "--source", f"folder:{pictures}", "--out", out, "--min-area", "1", "--refit"]
    command += ["--bundle", str(plain)]
    assert main(command) == 0
    assert "lite@" in (told := capsys.readouterr().err)
    assert "was not fitted anew" in told
    lite = load("lite")
    rows = read_sample(open_place(out).store, lite.manifest.encoder.fingerprint)
    assert len(rows) == 3  # nobody looked at the tall one
    for row in rows:
        image = picture_files.read(pictures / row.candidate.partition("@")[0], lite.min_side)
        (seen,), (kept,) = lite.encoder.embed([image]), unpack([row.numbers], lite.encoder.dim)
        assert float(np.dot(seen, kept)) > 0.99
        assert (row.of, row.bundle, row.kept) == ("original", lite.label, row.score >= lite.novelty.threshold)
    assert main(command) == 0
    assert len(read_sample(open_place(out).store, lite.manifest.encoder.fingerprint)) == 3


def test_a_new_day_ends_the_run_after_its_first_crawl(pictures: Path, tmp_path: Path) -> None:
    days = [datetime(2026, 11, 4, 23, 59, tzinfo=UTC), datetime(2026, 11, 5, 0, 1, tzinfo=UTC)]
    source = open_source(f"folder:{pictures}", source_context())
    run = RunOptions(every_s=0.01, now=lambda: days.pop(0) if len(days) > 1 else days[0], by_day=True)
    result = mine(source, open_place(f"{tmp_path}/place"), HostOptions(shape=ShapeRule(1, 10, 100)), run)
    assert result.day_over
    assert not result.stopped
    assert result.tally.judged + result.waiting == 4  # what waits is judged by the next day's bundle


def test_a_scout_was_measured_for_another_threshold(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["mine", "--source", f"folder:{pictures}", "--out", f"{tmp_path}/place", "--refit"]
    assert main([*command, "--scout", "lite"]) == 2
    assert "--refit changes the bundle's threshold" in capsys.readouterr().err
