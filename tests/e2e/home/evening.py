"""An evening at home, replayed: from nothing to a gallery, and an upgrade. It prints every screen on the way.

python -m tests.e2e.home.evening FOLDER     (or: make evening)

`FOLDER` becomes the home; it must not be there yet. Everything runs as the owner would run it, the
services as their units say. The stream is a folder of photographs; an Immich and a webhook on loopback are
the galleries. Where Chromium is, FOLDER/screens has pictures of every page.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from PIL import Image

from tests.e2e.home.screens import photograph
from tests.integration.deliver.galleries_server import Immich, Webhook, running

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
        ours = {"HOME": str(self.root), "COLUMNS": "100"}
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
    miner, page = _units(home)
    with _running(home, page) as shown:
        address = _after(shown, "The page is at").strip()
        with _running(home, miner) as mining:
            _after(mining, f"judged {IN_STREAM},")
            kept = _kept(root / "keeps")
            assert kept
            _look(home, address, len(kept))
            _label(address)
    labels = [json.loads(path.read_text()) for path in (root / "keeps/labels").rglob("*.json")]
    assert len(labels) == IN_STREAM
    _better(home)
    _deliver(home, len(kept))
    home.type("sheet", "keeps")
    home.type("report", "keeps")
    _see(
        home,
        {
            "train": "taste/report/report.html",
            "sheet": "keeps/sheet/sheet.html",
            "report": "keeps/report.html",
        },
    )
    _quota(home, kept)
    _upgrade(home, _kept(root / "keeps"))


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


def _units(home: Home) -> list[list[str]]:
    """Install the services; give the commands that systemd would run. The page takes a free port."""
    home.type("service", "install")
    found = []
    for name in ("bowerbird", "bowerbird-page"):
        unit = (home.root / f".config/systemd/user/{name}.service").read_text()
        command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
        assert command is not None
        found.append(shlex.split(command[1]))
    return [found[0], [*found[1], "--port", "0"]]


@contextmanager
def _running(home: Home, command: list[str]) -> Iterator[IO[str]]:
    """Start a service as its unit says, give what it writes, and stop it as systemd does."""
    print(f"\n(systemd starts) {shlex.join(command)}", flush=True)
    with subprocess.Popen(
        command, cwd="/", env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.send_signal(signal.SIGTERM)
            print(process.communicate(timeout=120)[0], end="", flush=True)
    assert process.returncode == 0, process.returncode


def _after(lines: IO[str], words: str) -> str:
    """Print the log up to these words; give the line that follows, if they are all of theirs."""
    for line in lines:
        print(line, end="", flush=True)
        if line.strip() == words:
            following = next(lines)
            print(following, end="", flush=True)
            return following
        if words in line:
            return line
    raise AssertionError(f"it ended without {words!r}")


def _kept(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("images/**/*.jpg")}


def _look(home: Home, address: str, kept: int) -> None:
    """See what was kept on the page, and subscribe to it."""
    deadline = time.monotonic() + 120
    # The lines of decisions are written every few seconds, and the page learns of pictures by them.
    while len((now := _ask(address, "GET", "/1/now"))["keeps"]) < kept:
        assert time.monotonic() < deadline, now
        time.sleep(0.5)
    assert now["run"]["runs"]
    assert len(now["keeps"]) == kept
    feed = _ask(address, "GET", f"/1/{_ask(address, 'GET', '/1/upkeep')['feeds']['json']}")
    assert len(feed["items"]) == kept
    tabs = {"now": "", "label": "label/", "tab-sheet": "sheet/", "tab-report": "report/"}
    addresses = {name: f"{address}/1/{tab}" for name, tab in tabs.items()} | {"try": f"{address}/try/"}
    _photograph(home, addresses)


def _see(home: Home, files: dict[str, str]) -> None:
    _photograph(home, {name: (home.root / file).as_uri() for name, file in files.items()})


def _photograph(home: Home, pages: dict[str, str]) -> None:
    for file in photograph(pages, home.root / "screens"):
        print(f"(seen) {file}", flush=True)


def _label(address: str) -> None:
    """Say of every picture on the page whether it was right."""
    with urllib.request.urlopen(f"{address}/1/label/", timeout=60) as answer:  # noqa: S310 - loopback
        page = answer.url.rstrip("/")
    for card in _ask(page, "GET", "/pictures")["pictures"]:
        keep = card["title"].removesuffix(".jpg") in LOVED
        _ask(page, "PUT", f"/pictures/{card['number']}/label", {"keep": keep})


def _ask(page: str, method: str, path: str, body: dict[str, bool] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": page.partition("/1/")[0]}
    request = urllib.request.Request(page + path, data, headers, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read() or "null")


def _better(home: Home) -> None:
    """Learn from the answers; the pictures move the way they were judged."""
    told = home.type("train", "--feedback", "keeps", "--out", "better")
    assert "better is taste@" in told  # the place knows who judged there
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
    """Name the galleries in the file, and the key where secrets lie; each picture goes once to each."""
    immich, webhook = Immich(), Webhook()
    with running(immich), running(webhook):
        (home.root / "immich.key").write_text(f"{immich.key}\n")
        (home.root / ".env").write_text(f"BOWERBIRD_IMMICH_API_KEY_FILE={home.root}/immich.key\n")
        goals = [
            f'\n[[deliver]]\nto = "{name}:{url}"\n'
            for name, url in (("immich", immich.url), ("webhook", webhook.url))
        ]
        with (home.root / "bowerbird.toml").open("a") as file:
            file.writelines(goals)
        assert f"{2 * kept} imported" in home.type("deliver")
        assert f"{2 * kept} delivered before" in home.type("deliver")
        assert len(immich.assets) == len(webhook.requests) == kept
    file_ = home.root / "bowerbird.toml"
    file_.write_text(file_.read_text().removesuffix("".join(goals)))  # they are no more


def _quota(home: Home, kept: dict[str, bytes]) -> None:
    """Bound the place: first it is only shown, then what was labelled reject goes; what was loved stays."""
    titles = {name: _title(home.root / "keeps", name) for name in kept}
    loved = {name: data for name, data in kept.items() if titles[name] in LOVED}
    size = f"{sum(map(len, loved.values())) / 1e6 + 0.001:.3f}MB"
    assert "would be removed: over the size" in home.type("prune", "keeps", "--max-size", size)
    assert _kept(home.root / "keeps") == kept
    assert "removed: over the size" in home.type("prune", "keeps", "--max-size", size, "--yes")
    assert _kept(home.root / "keeps") == loved != kept


def _title(place: Path, name: str) -> str:
    (sidecar,) = place.glob(f"images/*/{Path(name).stem}.json")
    return str(json.loads(sidecar.read_text())["decision"]["submission"]["title"]).removesuffix(".jpg")


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
