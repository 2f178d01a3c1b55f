"""What commands import, and when: counted in modules, since seconds depend on the machine."""

import json
import os
import pkgutil
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bowerbird import cli
from bowerbird.core.extras import EXTRAS

COMMANDS = sorted({module.name for module in pkgutil.iter_modules(cli.__path__)} - {"main"})
# No command that only says what it can do needs one of these.
HEAVY = {
    *EXTRAS,
    *("PIL", "feedparser", "jinja2", "matplotlib", "numpy", "onnxruntime", "prawcore", "pydantic"),
    *("pydantic_settings", "requests", "rich", "urllib3", "websockets"),
}
# A folder is mined with the models and the settings, and nothing else.
MINING = {"PIL", "numpy", "onnxruntime", "pydantic", "pydantic_settings", "rich", "urllib3"}

# Runs commands one after the other, without the packages that are forbidden; tells of each its exit status,
# what it said, and which packages were loaded by then.
CHILD = """
import contextlib, io, json, sys

runs, forbidden = json.loads(sys.argv[1]), set(json.loads(sys.argv[2]))

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from bowerbird.cli.main import main

for run in runs:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = main(run)
        except SystemExit as ended:
            status = ended.code
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    print(json.dumps({"status": status, "said": said.getvalue(), "loaded": loaded}))
"""


def told(runs: list[list[str]], forbidden: Iterable[str] = ()) -> list[dict[str, Any]]:
    command = [sys.executable, "-c", CHILD, json.dumps(runs), json.dumps(sorted(forbidden))]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    colours = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(colours).resize((1600, 1200)).save(folder / "noise.jpg")
    return folder


def test_a_command_that_only_tells_of_itself_imports_nothing_heavy() -> None:
    runs = [["--version"], ["--help"], *([name, "--help"] for name in COMMANDS)]
    for run, answer in zip(runs, told(runs), strict=True):
        assert (run, answer["status"], HEAVY & set(answer["loaded"])) == (run, 0, set())


def test_the_help_tells_of_every_command() -> None:
    (answer,) = told([["--help"]])
    rows = [
        line for line in answer["said"].splitlines() if re.match(r" {4}\w", line)
    ]  # others go on with a text
    lines = [row.split() for row in rows]
    assert [words[0] for words in lines if words[0] in COMMANDS] == COMMANDS
    assert all(len(words) > 1 for words in lines)


def test_mining_a_folder_imports_what_it_uses_only(pictures: Path, tmp_path: Path) -> None:
    mine = ["mine", "--source", f"folder:{pictures}", "--limit", "1", "--out", str(tmp_path / "out")]
    (answer,) = told([mine])
    assert answer["status"] == 0, answer["said"]
    assert "of 1 in" in answer["said"]
    assert HEAVY & set(answer["loaded"]) == MINING


def test_a_small_install_does_the_main_jobs(pictures: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    runs = [
        ["mine", "--source", f"folder:{pictures}", "--out", out],
        ["sheet", out],
        ["report", out],
        ["score", str(pictures)],
        ["repair", out],
        ["restore", out, "--list"],
        ["redrive", "--out", out],
        ["hosts", "https://i.redd.it/abc.jpg"],
        ["models", "list"],
        ["candidates", "--source", f"folder:{pictures}"],
    ]
    for run, answer in zip(runs, told(runs, EXTRAS), strict=True):
        assert (run[0], answer["status"], answer["said"]) == (run[0], 0, answer["said"])


def test_what_needs_an_extra_says_which_and_how_to_get_it(pictures: Path, tmp_path: Path) -> None:
    taste = str(tmp_path / "taste")
    (tmp_path / "place").mkdir()
    needing = {
        "serve": [["serve"], ["label", str(tmp_path / "place")]],
        "train": [
            ["train", "--good", str(pictures), "--out", taste],
            ["calibrate", "lite", "--keep-rate", "0.9", "--out", taste],
        ],
        "aws": [
            ["mine", "--source", f"folder:{pictures}", "--out", "s3://bucket"],
            ["redrive", "--queue", "https://sqs.example/queue"],
        ],
        "nsfw": [
            ["mine", "--source", f"folder:{pictures}", "--out", str(tmp_path / "out"), "--note", "nsfw"],
        ],
    }
    runs = [(extra, run) for extra, those in needing.items() for run in those]
    answers = told([run for _, run in runs], EXTRAS)
    for (extra, run), answer in zip(runs, answers, strict=True):
        assert answer["status"] == 2, (run, answer["said"])
        assert f"is not installed: run pip install '.[{extra}]' in the folder" in answer["said"]
        assert answer["said"].count("\n") == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    """Some supervisors start programs so; the shell's `>&-` closes standard output."""
    line = (
        f"{shlex.quote(sys.executable)} -m bowerbird.cli.main hosts --json https://a.example/b.jpg {closed}"
    )
    ended = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("{") is (">&-" not in closed.replace("2>&-", ""))


def test_ctrl_c_ends_a_command_also_while_a_library_is_loaded(tmp_path: Path) -> None:
    """A module that the interrupt broke says ImportError, as pybind11's do."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'bowerbird.crawl.hosts':\n"
        "            raise ImportError('initialization failed') from KeyboardInterrupt()\n"
        "sys.meta_path.insert(0, Broken())\n"
    )
    line = [sys.executable, "-m", "bowerbird.cli.main", "hosts", "https://a.example/b.jpg"]
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    ended = subprocess.run(
        line, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": paths}
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
