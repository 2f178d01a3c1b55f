"""Label → retrain → another verdict, as the owner types and clicks it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bowerbird.cli.main import main
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import find, load

PHOTOGRAPHS = Path(__file__).parents[2] / "src/bowerbird/demo/photographs"
# What somebody who likes birds and dry places, and has seen enough cities, says of two cuts of each.
LOVED = ("perched-osprey", "canyon-wren", "extreme-desert-hike", "dandelions")
NOT_LOVED = ("singaporean-cityscape", "roman-colosseum", "tea-gardens", "beacon-street-sunset")
UNSEEN = ("pondering-heron", "lake-sherburne", "casa-mila")
WHOLE = {name: f"{name} whole" for name in (*LOVED, *NOT_LOVED, *UNSEEN)}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven photographs, and two cuts of eight of them; so much is cut off that none is a copy."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, title in WHOLE.items():
        shutil.copy(PHOTOGRAPHS / f"{name}.jpg", folder / f"{title}.jpg")
        if name not in UNSEEN:
            photograph = Image.open(PHOTOGRAPHS / f"{name}.jpg")
            width, height = photograph.size
            photograph.crop((0, 0, width * 4 // 5, height)).save(folder / f"{name} left.jpg")
            photograph.crop((width // 5, 0, width, height)).save(folder / f"{name} right.jpg")
    return folder


@pytest.fixture(scope="module")
def place(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mined with the bundle that is shipped; the cuts are labelled on the page."""
    place = tmp_path_factory.mktemp("places") / "first"
    mine(pictures, place, str(all_looked_at(tmp_path_factory.mktemp("bundles") / "lite")))
    with label_page(place) as page:
        pictures = {card["number"]: card["title"] for card in ask(page, "GET", "/pictures")["pictures"]}
        first = learned(page)
        assert set(first["questions"]) <= set(pictures)
        assert not any(first["moves"].values())
        for number, title in pictures.items():
            name, _, cut = title.rpartition(" ")
            if cut != "whole":
                ask(page, "PUT", f"/pictures/{number}/label", {"keep": name in LOVED})
        told = learned(page)
        assert "16 answers: of 100 pictures you would not keep" in told["told"]
        # What is told to be asked next has no answer yet.
        assert {pictures[number].rpartition(" ")[2] for number in told["questions"]} == {"whole"}
        moves = {pictures[int(number)]: move for number, move in told["moves"].items()}
        # What the model already turns down for good needs no push down, but gets less of a push up.
        up, down = ([moves[f"{name} whole"] for name in names] for names in (LOVED, NOT_LOVED))
        assert min(up) > 0
        assert max(down) < min(up)
        assert min(down) < 0
    return place


def all_looked_at(folder: Path) -> Path:
    """The bundle that is shipped, but for its glance: that turns down some pictures without a match."""
    shutil.copytree(find("lite"), folder)
    manifests.write(manifests.read(folder).model_copy(update={"glance": None}), folder)
    return folder


def learned(page: str) -> Any:
    """What the page has learned, once all pictures have been looked at."""
    while (told := ask(page, "GET", "/taste"))["looked"] < told["of"]:
        assert not told["problem"]
        time.sleep(0.2)
    return told


def mine(pictures: Path, place: Path, bundle: str) -> None:
    options = ["--out", str(place), "--bundle", bundle, "--min-area", "1000000"]
    assert main(["mine", "--source", f"folder:{pictures}", *options]) == 0


@contextmanager
def label_page(place: Path) -> Iterator[str]:
    """`bowerbird label`; yields the address it prints."""
    program = "import sys; from bowerbird.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "label", str(place), "--port", "0"]
    command += ["--cache", f"{place.parent}/cache.db"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1].rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)


def ask(page: str, method: str, path: str, body: dict[str, bool] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": page}
    request = urllib.request.Request(page + path, data, headers, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read() or "null")


def decided(place: Path) -> list[dict[str, Any]]:
    lines = [line for path in place.glob("decisions/day=*/*.jsonl") for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def verdicts(place: Path) -> dict[str, str]:
    """`kept`, or the stage that rejected it, by the picture's name."""
    return {each["submission"]["title"]: "kept" if each["keep"] else each["stage"] for each in decided(place)}


def novelty(place: Path) -> dict[str, float]:
    """The novelty score, by the picture's name."""
    return {each["submission"]["title"]: each["scores"]["novelty"] for each in decided(place)}


def test_labels_change_the_verdict_on_pictures_that_were_not_labelled(
    pictures: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, again = place.parent / "taught", place.parent / "second"
    cache = f"{place.parent}/cache.db"
    assert main(["train", "--feedback", str(place), "--out", str(bundle), "--cache", cache]) == 0
    said = capsys.readouterr().out
    assert "has learnt more from labels: 8 keep, 8 reject." in said
    assert "it rates the right one higher" in said
    mine(pictures, again, str(bundle))
    before, after = verdicts(place), verdicts(again)
    gained = {name for name, title in WHOLE.items() if before[title] == "novelty" and after[title] == "kept"}
    lost = {name for name, title in WHOLE.items() if before[title] == "kept" and after[title] == "novelty"}

    bar = load(bundle, verify=True).novelty.threshold
    assert "perched-osprey" in gained
    # Two cuts of it were turned down. The model was sure of it: most of its lead is gone.
    stood, stands = (novelty(of)[WHOLE["tea-gardens"]] - bar for of in (place, again))
    assert stood > 0
    assert stands < stood / 2
    assert all(after[WHOLE[name]] != "kept" for name in NOT_LOVED if name != "tea-gardens")
    assert "lake-sherburne" not in lost
    assert not gained & {*NOT_LOVED}
    assert not lost & {*LOVED}
    # The loved ones move up, and the others down or, where they were turned down anyway, less far up.
    moved = {name: novelty(again)[title] - novelty(place)[title] for name, title in WHOLE.items()}
    assert all(moved[name] > 0.2 for name in LOVED)
    assert moved["tea-gardens"] < -0.5
    assert max(moved[name] for name in NOT_LOVED) < min(moved[name] for name in LOVED)


def test_too_few_labels_are_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--feedback", str(tmp_path), "--out", f"{tmp_path}/b"]) == 2
    assert "no label can be read" in capsys.readouterr().err
