"""Learning from a place's stream, and promising on it, with a real bundle and real files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from bowerbird.adapters.place import Place, open_place
from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError
from bowerbird.core.labels import Label, write_label
from bowerbird.core.promises import read_promises
from bowerbird.core.stream_sample import read_sample
from bowerbird.models.bundle import Bundle, load, read_background
from bowerbird.models.densities import Commonness
from bowerbird.training import stream as streams
from bowerbird.training.nightly import Nightly
from bowerbird.training.retraining import held_against, remembered
from tests.unit.training.streams import DAYS, fill, jittered

LITE = load("lite")
SIZE, GOOD = 540, 90


def mixed(bundle: Bundle, count: int, *, good: int) -> np.ndarray:
    """A stream: so many pictures near the owner's, the others ones that nobody took."""
    own = remembered(bundle)["heldout"]
    rng = np.random.default_rng(1)
    # Between two pictures that have little to do with each other lies one that is like neither.
    between = own[rng.integers(len(own), size=300)] - own[rng.integers(len(own), size=300)]
    return np.concatenate([jittered(own, good), jittered(between, count - good, seed=2)])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    fill(open_place(str(folder)).store, LITE, mixed(LITE, SIZE, good=GOOD))
    return folder


@pytest.fixture
def place(filled: Path, tmp_path: Path) -> Place:
    shutil.copytree(filled, tmp_path / "place")
    return open_place(str(tmp_path / "place"))


def test_half_is_learnt_from_and_the_other_half_measured(place: Place) -> None:
    stream = streams.read(place.store, LITE.manifest.encoder, place.name)
    learnt, measured = stream.background.vectors, stream.measured
    assert len(learnt) + len(measured) == SIZE
    assert 220 < len(learnt) < 320
    assert (learnt @ measured.T).max() < 0.9999
    assert stream.traffic.looked == (180, 180, 180)
    assert stream.traffic.liked == stream.traffic.kept > 30


def test_the_bundle_is_taught_what_the_stream_is_like(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--stream", place.name, "--out", f"{tmp_path}/taught"]) == 0
    told = capsys.readouterr().out
    taught = load(tmp_path / "taught", verify=True)
    (part,) = [part for part in taught.novelty.parts if isinstance(part.density, Commonness)]
    assert part.weight < 0
    carried = read_background(taught.folder, taught.manifest)
    assert carried is not None
    stream = streams.read(place.store, LITE.manifest.encoder, "")
    assert len(carried.vectors) == len(stream.background.vectors)
    assert "pictures of a stream that" in taught.manifest.created_from
    kept = [
        float((each.novelty.reference["heldout"] >= each.novelty.threshold).mean()) for each in (taught, LITE)
    ]
    assert kept[0] == pytest.approx(kept[1], abs=0.002)
    (promise,) = read_promises(place.store)
    assert f"taught@1.0.0 promises {promise}" in told
    assert GOOD / SIZE in promise.good
    # All that is kept is near the owner's own pictures.
    assert promise.unwanted.low < 0.05
    assert GOOD / 3 in promise.a_day


def test_a_bundle_that_knows_a_stream_is_held_against_another_in_its_place(place: Place) -> None:
    """Nothing of the first stream stays, and nothing counts twice."""
    stream = streams.read(place.store, LITE.manifest.encoder, place.name)
    once = replace(LITE, novelty=held_against(LITE, stream))
    twice = held_against(once, stream)
    kinds = [part.density.kind for part in twice.parts]
    assert [part.density.kind for part in once.novelty.parts] == kinds
    assert kinds.count("stream") == 1
    assert twice.reference["heldout"] == pytest.approx(once.novelty.reference["heldout"], abs=2e-3)
    assert twice.threshold == pytest.approx(once.novelty.threshold, abs=0.02)


def test_a_place_with_too_small_a_sample_says_so_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = open_place(str(tmp_path / "old"))
    assert main(["train", "--stream", old.name, "--out", f"{tmp_path}/taught"]) == 2
    assert (
        "the sample of its stream holds 0 pictures that this encoder looked at, of 400"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "taught").exists()


def test_stream_and_background_are_one_thing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--good", "x", "--background", "y", "--stream", "z", "--out", f"{tmp_path}/taught"]
    assert main(["train", *options]) == 2
    assert "--stream is the background" in capsys.readouterr().err


def test_so_many_a_day_are_chosen_and_promised(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--per-day", "28", "--from", place.name, "--out", f"{tmp_path}/ten"]
    assert main(["calibrate", "lite", *options]) == 0
    (promise,) = read_promises(place.store)
    assert f"{promise.bundle} promises {promise}" in capsys.readouterr().out
    assert promise.a_day.value == pytest.approx(28, abs=1)
    assert "3 days" in promise.basis


def test_an_old_place_is_calibrated_as_before(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(f"{place.name}/stream")
    options = ["--per-day", "28", "--from", place.name, "--out", f"{tmp_path}/ten"]
    assert main(["calibrate", "lite", *options]) == 0
    told = capsys.readouterr().out
    assert "28 pictures a day, from 540 scores of 3 days" in told
    assert "no promise of how many of them you would like" in told
    assert list(read_promises(place.store)) == []


def test_labels_of_sampled_pictures_count(place: Place) -> None:
    rows = read_sample(place.store, LITE.manifest.encoder.fingerprint)
    for number, row in enumerate(row for row in rows if row.kept):
        write_label(place.store, Label(row.candidate, number % 4 > 0, "2026-11-04T00:00:00Z", "label"))
    stream = streams.read(place.store, LITE.manifest.encoder, place.name)
    promise = stream.promise(LITE.novelty, "lite@1")
    assert not isinstance(promise, str)
    assert "of your labels" in promise.basis
    assert 0.25 in promise.unwanted


def test_another_night_another_version_and_the_owners_bundle_stays(place: Place) -> None:
    said = list[str]()
    today = [date(2026, 11, 4)]
    refit = Nightly("lite", place, said.append, lambda: today[0])
    before = LITE.manifest
    first = refit()
    assert Path(first).parent == place.state / "taste"
    made = load(first)
    assert (made.manifest.name, said[0].split()[3]) == ("lite-refit", made.label)
    assert made.manifest.created_from == f"{LITE.label}, held against the stream on 2026-11-04"
    assert [part.density.kind for part in made.novelty.parts].count("stream") == 1
    spreads = [float(each.novelty.reference["heldout"].std()) for each in (made, LITE)]
    assert (made.novelty.preview_margin, LITE.novelty.preview_margin) != (None, None)
    assert made.novelty.preview_margin == pytest.approx(LITE.novelty.preview_margin * spreads[0] / spreads[1])
    assert refit() == first
    assert Nightly("lite", place, said.append, lambda: today[0])() == first
    assert load(first).label == made.label
    today[0] = date(2026, 11, 5)
    assert load(refit()).label != made.label
    assert load("lite").manifest == before
    assert {promise.bundle for promise in read_promises(place.store)} <= {made.label, load(first).label}


def test_a_night_without_enough_changes_nothing(tmp_path: Path) -> None:
    said = list[str]()
    place = open_place(str(tmp_path / "new"))
    assert Nightly("lite", place, said.append)() == "lite"
    assert "was not fitted anew" in said[0]
    assert "holds 0 pictures" in said[0]


def test_days_that_are_not_over_do_not_count_if_others_are_enough() -> None:
    today = datetime.now(UTC).date().isoformat()
    assert streams.recent([today, *DAYS]) == list(DAYS)
    assert streams.recent([today, DAYS[0]]) == [DAYS[0], today]


def test_rows_of_another_encoder_are_not_read(place: Place) -> None:
    encoder = LITE.manifest.encoder
    artifact = encoder.artifact.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(UsageError, match="holds 0 pictures that this encoder looked at"):
        streams.read(place.store, encoder.model_copy(update={"artifact": artifact}), place.name)
