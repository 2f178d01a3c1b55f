"""The hour through crawl, queue, filter and store: every outcome is known beforehand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bowerbird.core.decisions import Decision, decode_decision
from bowerbird.demo.host_answers import HOUR
from bowerbird.demo.rehearsal import run_demo

EXPECTED: dict[str, dict[str, str]] = json.loads((HOUR / "expected.json").read_text())
# Whether a whole, large, unmarked picture is liked is the bundle's to say; all else is a fact.
TASTE = {"kept", "novelty"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    run_demo(out, "lite")
    return out


@pytest.fixture(scope="module")
def decisions(place: Path) -> list[Decision]:
    parts = sorted(place.glob("decisions/*/*.jsonl"))
    return [decode_decision(line) for part in parts for line in part.read_text().splitlines()]


def outcomes(decisions: list[Decision]) -> list[tuple[str, str, set[str]]]:
    """Title, outcome, and the expected outcomes of each decision's submission."""
    return [
        (
            str(each.submission["title"]),
            "kept" if each.keep else each.reason.word,
            {word for words in EXPECTED[each.submission["id"]].values() for word in words.split("|")},
        )
        for each in decisions
    ]


def test_every_candidate_is_decided_once(decisions: list[Decision]) -> None:
    assert len(decisions) == len({each.candidate for each in decisions})
    assert len(decisions) == sum(len(each) for each in EXPECTED.values() if "skipped" not in each)


def test_facts_are_found_out(decisions: list[Decision]) -> None:
    wrong = [
        (title, outcome, sorted(expected))
        for title, outcome, expected in outcomes(decisions)
        if outcome not in expected and not (outcome in TASTE and expected & TASTE)
    ]
    assert wrong == []


def test_taste_is_mostly_met(decisions: list[Decision]) -> None:
    # Posts with pictures of both kinds cannot tell by their submission which one was meant.
    clear = [(outcome, expected) for _, outcome, expected in outcomes(decisions) if len(expected) == 1]
    judged = [(outcome, expected) for outcome, expected in clear if expected <= TASTE]
    met = Counter(outcome in expected for outcome, expected in judged)
    assert met[True] >= 0.8 * met.total()


def test_the_same_bytes_are_kept_once(place: Path, decisions: list[Decision]) -> None:
    kept = [each.image for each in decisions if each.keep]
    assert len(kept) == len(set(kept))
    replaced = {key for each in decisions for key in each.facts.get("replaces", ())}
    assert {key for key in kept if not (place / str(key)).is_file()} == replaced
    assert any(each.reason.word == "duplicate" for each in decisions)


def test_the_sheet_is_drawn(place: Path) -> None:
    assert (place / "sheet" / "sheet.html").stat().st_size > 0
    assert (place / "sheet" / "sheet.png").read_bytes().startswith(b"\x89PNG")
