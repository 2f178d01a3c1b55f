"""A stage that the guide in docs/architecture.md adds to the policy acts wherever pictures are judged."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bowerbird.models.bundle import find

ROOT = Path(__file__).parents[3]
LAST_LINE = (
    '    Line(ALWAYS, lambda p: None if p.marks == "off" else Watermark(p.bundle, p.marks == "note")),\n'
)
STAGE = '''
from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Pixels


@dataclass(frozen=True, slots=True)
class Toy:
    """Turns down what is red on the left."""

    name: ClassVar[str] = "toy"
    needs: ClassVar[tuple[type, ...]] = (Pixels,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam):
        red, green, blue = exam[Pixels].image.getpixel((0, 0))
        return Reason(Word.ERROR, "a toy") if red > 2 * max(green, blue) else None
'''


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each entrance says of a red picture, and of one that is not, with the toy in the policy."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    policy = copy / "src/bowerbird/filter/policy.py"
    text = policy.read_text()
    assert LAST_LINE in text
    text = text.replace(LAST_LINE, LAST_LINE + "    Line(ALWAYS, lambda _: Toy()),\n")
    policy.write_text(
        text.replace("\n_Part =", "\nfrom bowerbird.filter.stages.toy import Toy\n\n_Part =", 1)
    )
    (policy.parent / "stages/toy.py").write_text(STAGE)
    path = os.pathsep.join((str(copy / "src"), str(ROOT)))
    script = [sys.executable, "-m", "tests.integration.filter.five_entrances"]
    ran = subprocess.run(
        [*script, str(tmp_path_factory.mktemp("at")), str(find("lite"))],
        env={**os.environ, "PYTHONPATH": path}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert answer.pop("package").startswith(str(copy))
    found: dict[str, list[str]] = answer
    return found


@pytest.mark.parametrize(
    ("entrance", "answers"),
    [
        ("mine", ["toy error: a toy", "toy kept"]),
        ("function", ["toy error: a toy", "toy kept"]),
        ("http file", ["toy error: a toy", "toy kept"]),
        ("http link", ["toy error: a toy", "toy kept"]),
        ("http pixels", ["toy error: a toy", "toy kept"]),
        ("zeromq", ["drop", "keep"]),
        ("score", ["error: a toy", "kept"]),
    ],
)
def test_a_stage_added_in_one_place_acts_everywhere(
    said: dict[str, list[str]], entrance: str, answers: list[str]
) -> None:
    assert said[entrance] == answers
