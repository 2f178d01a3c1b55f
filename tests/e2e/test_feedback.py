"""Label → retrain → another verdict, as the owner types and clicks it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from bowerbird_models.bundle import load
from infra.local.cli import main

PHOTOGRAPHS = Path(__file__).parents[2] / "infra/local/demo/photographs"
LABELLED = (
    "beacon-street-sunset",
    "flower-meadow",
    "high-trestle-trail",
    "hilltop-sunset",
    "picos-de-europa",
    "roman-colosseum",
    "tea-gardens",
)
UNSEEN = ("aitzgorri", "forest-stream", "ocean-waves")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten photographs in colour, and mirrored in grey: mirrored, they are no copies of each other."""
    folder = tmp_path_factory.mktemp("pictures")
    for name in (*LABELLED, *UNSEEN):
        photograph = Image.open(PHOTOGRAPHS / f"{name}.jpg")
        photograph.save(folder / f"{name} colour.jpg")
        ImageOps.mirror(ImageOps.grayscale(photograph)).save(folder / f"{name} grey.jpg")
    return folder


@pytest.fixture(scope="module")
def place(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mined with the bundle that is shipped, and labelled on the page by somebody who loves grey pictures."""
    place = tmp_path_factory.mktemp("places") / "first"
    mine(pictures, place, "lite")
    with label_page(place) as page:
        for card in ask(page, "GET", "/pictures")["pictures"]:
            name, _, variant = card["title"].rpartition(" ")
            if name in LABELLED:
                ask(page, "PUT", f"/pictures/{card['number']}/label", {"keep": variant == "grey"})
    return place


def mine(pictures: Path, place: Path, bundle: str) -> None:
    assert main(["mine", "--source", f"folder:{pictures}", "--out", str(place), "--bundle", bundle]) == 0


@contextmanager
def label_page(place: Path) -> Iterator[str]:
    """`bowerbird label`; yields the address it prints."""
    program = "import sys; from infra.local.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "label", str(place), "--port", "0"]
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


def verdicts(place: Path) -> dict[str, str]:
    """`kept`, or the stage that rejected it, by the picture's name."""
    lines = [line for path in place.glob("decisions/day=*/*.jsonl") for line in path.read_text().splitlines()]
    decisions = [json.loads(line) for line in lines]
    return {each["submission"]["title"]: "kept" if each["keep"] else each["stage"] for each in decisions}


def test_what_is_labelled_changes_the_verdict_on_pictures_never_labelled(
    pictures: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = verdicts(place)
    bundle, again = place.parent / "taught", place.parent / "second"
    cache = f"{place.parent}/cache.db"
    assert main(["train", "--feedback", str(place), "--out", str(bundle), "--cache", cache]) == 0
    assert "lite@1.0.0, labels: 7 keep, 7 reject; told apart" in capsys.readouterr().out
    mine(pictures, again, str(bundle))
    after = verdicts(again)
    print({name: (before[name], after[name]) for name in sorted(before)})

    load(bundle, verify=True)
    assert [before[f"{name} colour"] for name in UNSEEN] == ["kept"] * 3
    assert [before[f"{name} grey"] for name in UNSEEN] == ["kept", "novelty", "novelty"]
    assert [after[f"{name} colour"] for name in UNSEEN] == ["novelty"] * 3
    assert [after[f"{name} grey"] for name in UNSEEN] == ["kept"] * 3
