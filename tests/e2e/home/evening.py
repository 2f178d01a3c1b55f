"""An evening at home, replayed: from nothing to a gallery, and an upgrade. It prints every screen on the way.

python -m tests.e2e.home.evening FOLDER     (or: make evening)

`FOLDER` becomes the home; it must not be there yet. Everything runs as the owner would run it, the service as
its unit says. The stream is a folder of photographs, the gallery a loopback scenery.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tests.integration.deliver.scenery_server import Scenery, serving

PHOTOGRAPHS: Final = Path(__file__).parents[3] / "src/bowerbird/demo/photographs"
#: What this owner loves; two cuts of each are in the folder to learn from, and the whole ones in the stream.
LOVED: Final = (
    "aitzgorri", "canyon-wren", "dandelions", "extreme-desert-hike", "forest-stream", "high-trestle-trail",
    "hilltop-sunset", "lake-sherburne", "ocean-waves", "perched-osprey", "picos-de-europa", "pondering-heron",
)  # fmt: skip
NOT_LOVED: Final = (
    "abstract-spiral", "beacon-street-sunset", "casa-mila", "museum-hall", "paint-brushes",
    "piazza-gae-aulenti", "roman-colosseum", "singaporean-cityscape", "tea-gardens", "the-spices-of-life",
)  # fmt: skip
IN_STREAM: Final = len(LOVED) + len(NOT_LOVED)
#: The layout of a ledger before decisions could be settled, and a day that is long finished.
OLD_LAYOUT, OLD_DAY = 1, "2026-03-01"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of somebody who begins. Nothing of this machine's own settings is seen from there."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """HOME is the folder, and no variable of ours is set."""
        ours = {"HOME": str(self.root), "BOWERBIRD_SCENERY_PASSWORD": "opensesame", "COLUMNS": "100"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("BOWERBIRD_", "AWS_", "XDG_"))
        }
        return kept | ours

    def type(self, *words: str, status: int = 0) -> str:
        """Run a command as it is typed, print what it says, and return that; the status must be this one."""
        print(f"\n$ bowerbird {shlex.join(words)}", flush=True)
        ended = subprocess.run(
            [*COMMAND, *words],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        print(ended.stdout + ended.stderr, end="", flush=True)
        assert ended.returncode == status, f"status {ended.returncode}"
        return ended.stdout + ended.stderr


COMMAND: Final = (sys.executable, "-m", "bowerbird.cli.main")


def evening(root: Path) -> None:
    """Do all of it; an assertion fails where something is not as the owner was told."""
    root.mkdir(parents=True)
    home = Home(root)
    _pictures(root)
    _set_up(home)
    with_service = _unit(home)
    _serve(home, with_service, until=f"judged {IN_STREAM},")
    kept = _kept(root / "keeps")
    assert kept
    _label(home)
    _better(home)
    _deliver(home, len(kept))
    home.type("sheet", "keeps")
    home.type("report", "keeps")
    _upgrade(home, kept)


def _pictures(root: Path) -> None:
    for folder in ("loved", "stream"):
        (root / folder).mkdir()
    for name in (*LOVED, *NOT_LOVED):
        shutil.copy(PHOTOGRAPHS / f"{name}.jpg", root / "stream" / f"{name}.jpg")
    for name in LOVED:
        photograph = Image.open(PHOTOGRAPHS / f"{name}.jpg")
        width, height = photograph.size
        photograph.crop((0, 0, width * 3 // 5, height)).save(root / "loved" / f"{name} left.jpg")
        photograph.crop((width * 2 // 5, 0, width, height)).save(root / "loved" / f"{name} right.jpg")


def _set_up(home: Home) -> None:
    """Answer the five questions, and do what the last lines say."""
    answers = ["--love", "loved", "--place", "keeps", "--stream", "folder:stream", "--strictness", "generous"]
    said = home.type("init", *answers, "--contact", "you@example.org", "--yes")
    train = re.search(r"bowerbird (train .*)", said)
    assert train is not None
    told = home.type(*shlex.split(train[1].partition("  #")[0]))
    assert f"taste knows {2 * len(LOVED)} pictures that you love" in told
    assert (home.root / "taste/report/report.html").is_file()


def _unit(home: Home) -> list[str]:
    """Install the service; give the command that systemd would run."""
    home.type("service", "install")
    unit = (home.root / ".config/systemd/user/bowerbird.service").read_text()
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert command is not None
    return shlex.split(command[1])


def _serve(home: Home, command: list[str], until: str) -> None:
    """Start the service as its unit says, wait for these words in its log, and stop it as systemd does."""
    print(f"\n(systemd starts) {shlex.join(command)}", flush=True)
    with subprocess.Popen(
        command, cwd="/", env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            print(line, end="", flush=True)
            if until in line:
                break
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=60)
    print(out + errors, end="", flush=True)
    assert process.returncode == 0, process.returncode


def _kept(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("images/**/*.jpg")}


def _label(home: Home) -> None:
    """Say of every picture on the page whether it was right."""
    print("\n$ bowerbird label keeps --port 0", flush=True)
    command = [*COMMAND, "label", "keeps", "--port", "0"]
    with subprocess.Popen(
        command, cwd=home.root, env=home.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        print(line, end="", flush=True)
        page = line.split()[-1].rstrip("/")
        for card in _ask(page, "GET", "/pictures")["pictures"]:
            keep = card["title"].removesuffix(".jpg") in LOVED
            _ask(page, "PUT", f"/pictures/{card['number']}/label", {"keep": keep})
        process.send_signal(signal.SIGTERM)
    labels = [json.loads(path.read_text()) for path in (home.root / "keeps/labels").rglob("*.json")]
    assert len(labels) == IN_STREAM


def _ask(page: str, method: str, path: str, body: dict[str, bool] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": page}
    request = urllib.request.Request(page + path, data, headers, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read() or "null")


def _better(home: Home) -> None:
    """Learn from the answers; the pictures move the way they were judged."""
    home.type("train", "--feedback", "keeps", "--encoder", "./taste", "--out", "better")
    gaps = []
    for bundle in ("./taste", "./better"):
        said = _scores(home, bundle)
        means = [sum(said[name] for name in names) / len(names) for names in (LOVED, NOT_LOVED)]
        gaps.append(means[0] - means[1])
    print(f"what is loved scores {gaps[0]:.2f} above the rest before, {gaps[1]:.2f} after", flush=True)
    assert gaps[1] > gaps[0]
    file = home.root / "bowerbird.toml"
    file.write_text(file.read_text().replace(f'"{home.root}/taste"', f'"{home.root}/better"'))


def _scores(home: Home, bundle: str) -> dict[str, float]:
    command = [*COMMAND, "score", "stream", "--bundle", bundle, "--json"]
    out = subprocess.run(command, cwd=home.root, env=home.environment, capture_output=True, check=True).stdout
    lines = map(json.loads, out.splitlines())
    return {Path(line["path"]).stem: line["novelty"] for line in lines}


def _deliver(home: Home, kept: int) -> None:
    with serving(Scenery()) as scenery:
        assert f"{kept} imported" in home.type("deliver", "--from", "keeps", "--to", scenery.url)
        assert f"{kept} delivered before" in home.type("deliver", "--from", "keeps", "--to", scenery.url)
        assert len(scenery.images) == kept


def _upgrade(home: Home, kept: dict[str, bytes]) -> None:
    """A place as versions up to 1.5 left it goes on, and nothing in it is lost or done again."""
    _make_old(home.root / "keeps")
    labels = sorted((home.root / "keeps/labels").rglob("*.json"))
    said = home.type("mine", "--once")
    assert f"{IN_STREAM} candidates were known from before" in said
    home.type("compact", "keeps")
    assert list((home.root / "keeps/decisions").glob(f"day={OLD_DAY}/*.gz"))
    assert _kept(home.root / "keeps") == kept
    assert sorted((home.root / "keeps/labels").rglob("*.json")) == labels
    assert "nothing had to be repaired" in home.type("repair", "keeps")
    home.type("sheet", "keeps", "--day", OLD_DAY)


def _make_old(place: Path) -> None:
    """Move a place's decisions to a finished day, in plain files, with a ledger that settles nothing."""
    for path in list((place / "decisions").glob("day=*/*.jsonl")):
        target = place / "decisions" / f"day={OLD_DAY}" / path.name
        target.parent.mkdir(exist_ok=True)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        old = [line | {"decided_at": OLD_DAY + line["decided_at"][len(OLD_DAY) :]} for line in lines]
        target.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in old))
        path.unlink()
    for path in (place / "decisions").iterdir():
        if path.name != f"day={OLD_DAY}":
            path.rmdir()
    state = place / ".bowerbird"
    with sqlite3.connect(state / "ledger.db") as ledger:
        ledger.execute("DROP TABLE settled")
        for (text,) in ledger.execute("SELECT decision FROM decided").fetchall():
            line = json.loads(text)
            line["decided_at"] = OLD_DAY + line["decided_at"][len(OLD_DAY) :]
            ledger.execute(
                "UPDATE decided SET day = ?, decision = ? WHERE decision = ?",
                (OLD_DAY, json.dumps(line, sort_keys=True), text),
            )
        ledger.execute(f"PRAGMA user_version = {OLD_LAYOUT}")
    ledger.close()
    for path in (place / "sheet", place / "stream"):
        shutil.rmtree(path, ignore_errors=True)
    (state / "judged-by.json").unlink()


if __name__ == "__main__":
    begun = time.monotonic()
    evening(Path(sys.argv[1]).resolve())
    print(f"\nan evening in {time.monotonic() - begun:.0f} s")
