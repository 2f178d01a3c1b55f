import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import state_of
from bowerbird.cli import sheet
from bowerbird.core.errors import UsageError
from bowerbird.models.bundle import Bundle, find

from .conftest import decision, fill


@dataclass
class FakeNovelty:
    threshold: float = 104.5
    reference: dict[str, Any] = field(
        default_factory=lambda: {"training": np.array([118.0, 121.0]), "heldout": np.array([117.0])}
    )


@dataclass
class FakeBundle:
    label: str
    novelty: FakeNovelty = field(default_factory=FakeNovelty)


def load(name: str) -> Bundle:
    return cast("Bundle", FakeBundle(f"{name}@1"))


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    sheet.register(parser.add_subparsers())
    return parser.parse_args(["sheet", *words])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    store = FolderStore(tmp_path / "birds")
    made = [decision("a", bundle="lite@1"), decision("b", bundle="lite@1", decided_at="2026-03-02T08:00:00Z")]
    fill(store, made, lambda _: None)
    return tmp_path / "birds"


def test_the_sheet_lies_in_the_place_and_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sheet.run(parse(str(place)), load) == 0
    said = capsys.readouterr()
    written = [str(place / "sheet" / name) for name in ("sheet.html", "sheet.png", "novelty.png")]
    assert said.out.splitlines() == written
    assert said.err == ""
    page = (place / "sheet" / "sheet.html").read_text(encoding="utf-8")
    assert "Contact sheet of birds" in page
    assert "<dt>seen</dt><dd>2</dd>" in page


def test_the_bundle_that_judged_here_need_not_be_named(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    own.symlink_to(find("lite"), target_is_directory=True)
    state = state_of(str(place))
    (state / "judged-by.json").write_text(json.dumps({"lite@1": str(own)}))
    asked = list[str]()
    sheet.run(parse(str(place)), lambda name: asked.append(name) or load("lite"))  # type: ignore[func-returns-value]
    assert (asked, capsys.readouterr().err) == ([str(own)], "")


def test_the_bundle_of_an_earlier_run_is_found_by_its_label(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"lite@1": str(find("lite")), "later@1": "lite"}
    (state_of(str(place)) / "judged-by.json").write_text(json.dumps(told))
    asked = list[str]()

    def named(name: str) -> Bundle:
        asked.append(name)
        return cast("Bundle", FakeBundle({"lite": "later@1"}.get(name, "lite@1")))

    assert sheet.run(parse(str(place)), named) == 0
    assert asked == ["lite", str(find("lite"))]
    assert capsys.readouterr().err == ""


def test_one_day_somewhere_else(place: Path, tmp_path: Path) -> None:
    assert sheet.run(parse(str(place), "--day", "2026-03-02", "--out", str(tmp_path / "out")), load) == 0
    assert "<dt>seen</dt><dd>1</dd>" in (tmp_path / "out" / "sheet.html").read_text(encoding="utf-8")


def test_scores_of_another_bundle_are_announced_not_shown(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sheet.run(parse(str(place), "--bundle", "clip"), load) == 0
    assert "decided by lite@1; give it as --bundle" in capsys.readouterr().err


def test_a_place_without_decisions_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no decisions yet"):
        sheet.run(parse(str(tmp_path)), load)


def test_a_day_without_decisions_is_wrong_usage(place: Path) -> None:
    with pytest.raises(UsageError, match="holds no decisions of 2026-04-01 yet"):
        sheet.run(parse(str(place), "--day", "2026-04-01"), load)


@pytest.mark.parametrize("day", ["yesterday", "../..", "2026-13-01"])
def test_a_day_is_a_date(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("somewhere", "--day", day)
    assert "is not a day; write it as 2026-03-01" in capsys.readouterr().err
