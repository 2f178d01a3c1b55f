"""`train`, `calibrate`, `score` and `models` on a folder of drawn pictures, as a user types them."""

import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.decisions import Decision, decode_decision, encode_decision
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import thumb_key
from bowerbird.core.labels import Label, write_label
from bowerbird.core.reasons import Reason
from bowerbird.imaging import thumbnail
from bowerbird.models.bundle import load, read_background
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.training import parse_mixture
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud


def hills(seed: int) -> Image.Image:
    """A soft gradient over a wavy dark ground."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:256, 0:320] / 256
    sky = rng.uniform(0.3, 1.0, 3) * (0.4 + 0.6 * down[..., None])
    ground = down > 0.6 + 0.1 * np.sin(rng.uniform(3, 9) * across + rng.uniform(0, 6))
    pixels = np.where(ground[..., None], 0.2 * rng.uniform(0, 1, 3), sky)
    return Image.fromarray((pixels * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))


def noise(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (256, 256, 3), np.uint8))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle, with the folders it came from beside it."""
    root = tmp_path_factory.mktemp("train")
    for name, draw, count in (("good", hills, 54), ("rejects", noise, 12)):
        (root / name).mkdir()
        for seed in range(count):
            # Names need not be UTF-8: a card of an old camera, a disk of another system.
            draw(seed).save(root / name / os.fsdecode(f"{seed:02} sk".encode() + b"\xe6.jpg"))
    (root / "good/broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    options = ["--good", f"{root}/good", "--reject", f"{root}/rejects", "--cache", f"{root}/cache.db"]
    assert main(["train", *options, "--out", f"{root}/mine", "--keep-rate", "0.9"]) == 0
    return root


def test_the_bundle_is_sound_and_says_what_it_was_made_from(trained: Path) -> None:
    bundle = load(trained / "mine", verify=True)

    assert bundle.label == "mine@1.0.0"
    assert bundle.manifest.created_from == "54 pictures, 12 rejects"
    assert "keeps 0.9 of 54 pictures" in bundle.manifest.novelty.threshold.chosen
    assert set(bundle.novelty.reference) == {"training", "heldout", "rejects"}


def test_what_was_found_is_shown(trained: Path) -> None:
    shown = {path.name for path in (trained / "mine/report").iterdir()}

    assert shown >= {"mixtures.png", "scores.png", "curves.png", "nearest-kept.jpg", "nearest-dropped.jpg"}
    page = (trained / "mine/report/report.html").read_text()
    assert re.search(
        r"mine knows 54 pictures that you love, copies and crops of \d\d and 12 that you do not", page
    )
    assert "1 file that could not be read left out" in page
    named = set(re.findall(r'src="(.*?)"', page))
    assert named >= {"scores.png", "curves.png", "nearest-kept.jpg"}
    assert named <= shown
    assert "| 16 full |" in (trained / "mine/report/report.md").read_text()


def test_the_encoders_background_comes_along(trained: Path) -> None:
    ours, carried = (
        read_background(bundle.folder, bundle.manifest) for bundle in (load(trained / "mine"), load("lite"))
    )

    assert ours is not None
    assert carried is not None
    assert np.array_equal(ours.vectors, carried.vectors)
    report = (trained / "mine/report/report.md").read_text()
    assert re.search(
        r"Compared against 2,\d\d\d ordinary pictures, about \d+% of which you might love", report
    )


def test_an_owner_compares_with_pictures_of_their_own_or_with_none(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    for seed in range(100):
        noise(seed + 100).resize((64, 64)).save(tmp_path / f"others/{seed:03}.jpg")
    options = ["--good", f"{trained}/good", "--cache", f"{trained}/cache.db"]

    assert main(["train", *options, "--background", f"{tmp_path}/others", "--out", f"{tmp_path}/own"]) == 0
    assert main(["train", *options, "--background", "none", "--out", f"{tmp_path}/alone"]) == 0

    own, alone = load(tmp_path / "own", verify=True), load(tmp_path / "alone", verify=True)
    assert own.manifest.background is not None
    assert own.manifest.background.source == "100 pictures of the owner's choice"
    assert alone.manifest.background is None
    assert "background" not in [part.density.kind for part in alone.novelty.parts]


def test_too_small_a_background_is_refused_before_work_is_spent(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--good", f"{trained}/good", "--cache", f"{trained}/cache.db", "--out", f"{tmp_path}/own"]

    assert main(["train", *options, "--background", f"{trained}/rejects"]) == 2

    assert "--background: 12 pictures were found; give at least 100" in capsys.readouterr().err
    assert not (tmp_path / "own").exists()


def test_score_tells_the_two_folders_apart(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    bundle = f"{trained}/mine"
    assert main(["score", f"{trained}/good", f"{trained}/rejects", "--bundle", bundle, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kept = {line["path"] for line in lines if line["keep"]}
    broken = next(line for line in lines if line["path"].endswith("broken.jpg"))

    assert set(lines[0]) == {"path", "novelty", "watermark", "keep", "reason", "bundle"}
    assert sum("good" in path for path in kept) >= 48
    assert not any("rejects" in path for path in kept)
    assert (broken["novelty"], broken["keep"]) == (None, False)
    assert broken["reason"].startswith(("truncated", "undecodable"))


def test_calibrate_writes_the_next_version(trained: Path, tmp_path: Path) -> None:
    assert main(["calibrate", f"{trained}/mine", "--keep-rate", "0.75", "--out", f"{tmp_path}/mine"]) == 0

    made = load(tmp_path / "mine", verify=True)
    heldout = np.asarray(made.novelty.reference["heldout"])
    assert made.label == "mine@1.0.1"
    assert (heldout >= made.novelty.threshold).mean() == pytest.approx(0.75, abs=0.02)


def test_calibrate_for_pictures_a_day_reads_past_decisions(trained: Path, tmp_path: Path) -> None:
    for day in ("2026-11-01", "2026-11-02"):
        folder = tmp_path / f"decisions/day={day}"
        folder.mkdir(parents=True)
        decisions = [
            Decision(
                f"{day}-{score}", keep=True, stage="", reason=Reason.parse(""), bundle="mine@1.0.0",
                decided_at=f"{day}T00:00:00+00:00", scores={"novelty": float(score)},
            )
            for score in range(10)
        ]  # fmt: skip
        (folder / "a.jsonl").write_text("".join(encode_decision(one) + "\n" for one in decisions))

    arguments = ["--per-day", "3", "--from", str(tmp_path), "--out", f"{tmp_path}/mine"]
    assert main(["calibrate", f"{trained}/mine", *arguments]) == 0

    assert load(tmp_path / "mine").novelty.threshold == 7.0


def test_calibrate_reads_the_decisions_of_a_bucket_too(
    trained: Path, tmp_path: Path, moto: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    bucket = moto.bucket()
    decisions = [
        Decision(
            str(score), keep=True, stage="", reason=Reason.parse(""), bundle="mine@1.0.0",
            decided_at="2026-11-01T00:00:00Z", scores={"novelty": float(score)},
        )
        for score in range(10)
    ]  # fmt: skip
    key = f"found/{decisions_key('2026-11-01', 'a')}"
    moto.client("s3").put_object(Bucket=bucket, Key=key, Body=log_file(decisions))

    arguments = ["--per-day", "3", "--from", f"s3://{bucket}/found", "--endpoint-url", moto.url]
    assert main(["calibrate", f"{trained}/mine", *arguments, "--out", f"{tmp_path}/mine"]) == 0

    assert load(tmp_path / "mine").novelty.threshold == 7.0


def test_calibrate_for_pictures_a_day_counts_what_had_only_a_first_look(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "decisions/day=2026-11-01"
    folder.mkdir(parents=True)
    looks = [("novelty", {"novelty": 8.0}), ("novelty", {"novelty": 9.0})]
    looks += [("preview", {"preview": -3.0}), ("preview", {"scout": -2.0}), ("scout", {"scout": -2.0})]
    decisions = [
        Decision(
            f"{number}", keep=False, stage=stage, reason=Reason.parse(""), bundle="mine@1.0.0",
            decided_at="2026-11-01T00:00:00+00:00", scores=scores,
        )
        for number, (stage, scores) in enumerate(looks)
    ]  # fmt: skip
    (folder / "a.jsonl").write_text("".join(encode_decision(one) + "\n" for one in decisions))
    arguments = ["calibrate", f"{trained}/mine", "--from", str(tmp_path), "--out", f"{tmp_path}/mine"]

    assert main([*arguments, "--per-day", "2"]) == 0
    threshold = load(tmp_path / "mine").manifest.novelty.threshold
    assert threshold.value == 8.0
    assert threshold.chosen.endswith("from 2 scores of 1 days; 3 more were rejected at a first look")

    assert main([*arguments, "--per-day", "3"]) == 2
    assert "3 a day are more than were scored in full, 2 in 1 days; 3 more were" in capsys.readouterr().err


def test_a_scout_is_trusted_as_far_as_was_measured(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bundle = f"{tmp_path}/good", f"{tmp_path}/mine"
    (tmp_path / "good").mkdir()
    for path in sorted((trained / "good").glob("0*.jpg")):
        shutil.copy(path, good)
    mine = ["mine", "--source", f"folder:{good}", "--min-area", "1", "--scout", "lite"]
    assert main([*mine, "--bundle", f"{trained}/mine", "--out", f"{tmp_path}/before"]) == 2
    assert "does not know how far to trust lite@" in capsys.readouterr().err

    assert main(["calibrate", f"{trained}/mine", "--scout", "lite", "--good", good, "--out", bundle]) == 0
    scout = load(bundle).manifest.scout
    assert scout is not None
    assert scout.bundle == load("lite").label
    assert "too few pictures to show 99.5%" in capsys.readouterr().out

    assert main([*mine, "--bundle", bundle, "--out", f"{tmp_path}/place"]) == 0
    lines = "".join(path.read_text() for path in tmp_path.glob("place/decisions/*/*.jsonl")).splitlines()
    looked = [decision for decision in map(decode_decision, lines) if "scout" in decision.scores]
    assert {decision.thresholds["scout"] for decision in looked} == {scout.floor.value}
    assert not any(decision.stage == "scout" for decision in looked)

    assert main(["calibrate", bundle, "--keep-rate", "0.5"]) == 0
    assert load(bundle).manifest.scout is None


def test_previews_are_trusted_as_far_as_was_measured(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for seed in range(100, 160):
        hills(seed).resize((1200, 960)).save(fresh / f"{seed}.jpg")
    (fresh / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    hills(1).save(fresh / "too-small-for-copies.jpg")
    calibrate = ["calibrate", f"{trained}/mine", "--out", f"{tmp_path}/mine", "--previews"]
    assert main([*calibrate, f"{trained}/good"]) == 2
    assert "too few of the pictures pass, 0 of the 29 that are needed" in capsys.readouterr().err

    assert main([*calibrate, str(fresh)]) == 0
    bundle = load(tmp_path / "mine", verify=True)
    assert bundle.label == "mine@1.0.1"
    margin = bundle.manifest.novelty.preview_margin
    assert margin is not None
    assert margin.value == bundle.novelty.preview_margin
    assert "of what passes goes on, at 95% confidence, from " in margin.chosen
    assert "mine@1.0.1: previews may score" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say by what to choose: --keep-rate, --per-day, --good or --previews"),
        (["--scout", "lite"], "--scout and --reject need --good"),
        (["--reject", "folder"], "--scout and --reject need --good"),
        (["--good", "folder"], "--good goes with --reject, the pictures to tell them from, or with --scout"),
        (["--previews", "folder", "--reject", "folder"], "--good goes with --reject"),
        (["--per-day", "3"], "--per-day goes with --from PLACE"),
        (["--keep-rate", "0.9", "--from", "folder"], "--per-day goes with --from PLACE"),
    ],
)
def test_calibrate_refuses_what_it_would_pass_over(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "lite", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_calibrate_between_two_folders(trained: Path, tmp_path: Path) -> None:
    arguments = ["--good", f"{trained}/good", "--reject", f"{trained}/rejects", "--out", f"{tmp_path}/mine"]
    assert main(["calibrate", f"{trained}/mine", *arguments]) == 0

    assert "keeps 1 of good and 0 of rejects" in load(tmp_path / "mine").manifest.novelty.threshold.chosen


def test_the_original_choice_can_be_forced_and_its_cost_is_told(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--good", f"{trained}/good", "--cache", f"{trained}/cache.db", "--mixture", "16:full"]
    assert main(["train", *options, "--out", f"{trained}/original"]) == 0

    assert [part.density.kind for part in load(trained / "original").novelty.parts] == ["mixture"]
    assert "mixture 16:full was asked for" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["16", "full:16", "0:full", "16:round", ""])
def test_a_mixture_that_cannot_be_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="K:COVARIANCE"):
        parse_mixture(text)


def test_export_packs_a_sound_bundle(trained: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert main(["models", "export", f"{trained}/mine", f"{tmp_path}/{name}"]) == 0

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    zipfile.ZipFile(tmp_path / "a.zip").extractall(tmp_path)
    assert load(tmp_path / "mine", verify=True).label == "mine@1.0.0"


def test_verify_fails_for_a_bundle_that_is_not_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "verify", "lite", str(tmp_path)]) == 1

    shown = capsys.readouterr()
    assert "sound" in shown.out
    assert "manifest.json" in shown.err


def test_the_cache_remembers_across_runs(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    first = EmbeddingCache(tmp_path / "deep/cache.db")
    first.put("key", vectors)
    first.close()

    second = EmbeddingCache(tmp_path / "deep/cache.db")
    assert np.array_equal(second.get("key", 5), vectors)
    assert second.get("other", 5) is None
    second.close()


def test_labels_come_on_top_of_the_owners_pictures(trained: Path, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "place")
    for seed in range(6):
        for keep, draw in ((True, hills), (False, noise)):
            name = f"t:{keep}{seed}"
            write_label(store, Label(name, keep, "2026-03-01T10:00:00.000Z", "label"))
            small = thumbnail(draw(900 + seed), 256)
            store.put(thumb_key(name), small, content_type="image/jpeg")
    options = [
        "--good",
        f"{trained}/good",
        "--feedback",
        f"{tmp_path}/place",
        "--cache",
        f"{trained}/cache.db",
    ]
    assert main(["train", *options, "--out", f"{tmp_path}/mine"]) == 0

    made = load(tmp_path / "mine", verify=True)
    assert made.manifest.created_from == "54 pictures, 0 rejects; labels: 6 keep, 6 reject"
    assert made.manifest.novelty.threshold.chosen.endswith("held out in 5 folds, before the labels")
    # The labels count in the units of the model's own spread; they are told apart, so they count in full.
    part = made.novelty.parts[-1]
    before = made.novelty.reference["heldout"] - part.score(
        made.novelty.parts[0].density.reference.astype(np.float32)
    )
    assert part.weight == pytest.approx(float(np.std(before)), rel=1e-3)
    assert made.novelty.reference["heldout"].shape == (54,)
