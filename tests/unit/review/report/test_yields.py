"""Where keeps come from, counted and drawn."""

from __future__ import annotations

import argparse
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli import report
from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Reason
from bowerbird.core.yields import Yield, read_yields
from bowerbird.review.report.page import reasons, render_page
from tests.fakes import FakeStore


def decided(
    candidate: str, reason: str = "", *, day: str = "2026-03-01", host: str = "reddit", **submission: Any
) -> Decision:
    """A decision; without a reason it keeps."""
    return Decision(
        candidate=candidate,
        keep=not reason,
        stage="novelty",
        reason=Reason.parse(reason or "loved"),
        bundle="lite 1",
        decided_at=f"{day}T12:00:00Z",
        facts={"host": host},
        submission={"source": "reddit", "id": "t3_a", "url": "https://i.redd.it/abc.jpg"} | submission,
    )


def stored(*lines: Decision | str, store: ObjectStore | None = None) -> ObjectStore:
    store = store or FakeStore()
    text = "\n".join(line if isinstance(line, str) else encode_decision(line) for line in lines)
    store.put(decisions_key("2026-03-01", "part"), text.encode(), content_type="application/x-ndjson")
    return store


def test_each_name_is_counted_by_what_became_of_its_candidates() -> None:
    found = read_yields(
        stored(
            decided("1", community="EarthPorn", author="a"),
            decided("2", "too-small: 1x1", community="EarthPorn", author="b"),
            decided("3", "too-small: 2x2", community="EarthPorn", author="b"),
            decided("4", "novelty", community="pics", author="b", host="imgur"),
            decided("5", "gone: 404", community=None, author=7, host="direct"),
            decided("6", "gone", host="folder"),
        ),
    )
    assert found.total == Yield("all", 6, 1, {"too-small": 2, "gone": 2, "novelty": 1})
    assert found.by["community"][0] == Yield("EarthPorn", 3, 1, {"too-small": 2})
    assert {row.name: (row.seen, row.kept) for row in found.by["community"]} == {
        "EarthPorn": (3, 1),
        "pics": (1, 0),
        "reddit": (2, 0),  # where there is no community, the source stands for it
    }
    assert {row.name for row in found.by["host"]} == {"reddit", "imgur", "direct", "folder"}
    assert {row.name: row.kept for row in found.by["author"]} == {"a": 1, "b": 0, "(unknown)": 0}


def test_one_of_one_does_not_lead() -> None:
    many = [decided(f"m{n}", "" if n < 40 else "novelty", community="many") for n in range(50)]
    rows = read_yields(stored(decided("1", community="once"), *many)).by["community"]
    assert [row.name for row in rows] == ["many", "once"]
    assert rows[0].floor == pytest.approx(0.670, abs=0.001)  # Wilson's interval of 40 of 50
    assert rows[1].floor == pytest.approx(0.207, abs=0.001)


def test_a_candidate_counts_once_and_damaged_lines_are_told() -> None:
    found = read_yields(stored(decided("1"), decided("1"), '{"cut', "[]", '{"x": 1}'))
    assert (found.total.seen, found.unreadable) == (1, 3)


def test_days_are_in_their_order() -> None:
    found = read_yields(stored(decided("1", day="2026-03-02"), decided("2"), decided("3", "x")))
    assert [(row.name, row.seen, row.kept) for row in found.by["day"]] == [
        ("2026-03-01", 2, 1),
        ("2026-03-02", 1, 1),
    ]


def test_reasons_in_words() -> None:
    row = Yield("x", 20, 0, {"too-small": 10, "novelty": 5, "gone": 3, "a": 1, "b": 1})
    assert reasons(row) == "10 too-small, 5 unlike what you love, 3 gone, 2 other"
    assert reasons(Yield("x", 1, 1, {})) == ""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)


def test_the_page_runs_nothing_that_strangers_wrote() -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    page = render_page(read_yields(stored(decided("1", hostile, community=hostile, author=hostile))), hostile)
    reader = _Tags()
    reader.feed(page)
    assert {"script", "img"}.isdisjoint(reader.tags)
    assert "default-src 'none'" in page


def test_the_page_of_nothing() -> None:
    assert "nothing was rejected" in render_page(read_yields(FakeStore()), "x")


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    report.register(parser.add_subparsers())
    args = parser.parse_args(["report", *argv])
    return int(args.run(args))


def test_the_command_prints_tables_and_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(decided("1", community="[b]EarthPorn"), decided("2", "novelty"), store=FolderStore(tmp_path))
    assert run(str(tmp_path)) == 0
    out = capsys.readouterr().out
    assert "[b]EarthPorn" in out
    assert out.splitlines()[-1] == str(tmp_path / "report.html")
    assert "[b]EarthPorn" in (tmp_path / "report.html").read_text()


def test_the_command_gives_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(decided("1", community="EarthPorn"), decided("2", "novelty: -3"), store=FolderStore(tmp_path))
    assert run(str(tmp_path), "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"by": "community", "name": "EarthPorn", "seen": 1, "kept": 1, "rejected": {}}.items() <= rows[
        0
    ].items()
    assert {row["by"] for row in rows} == {"community", "author", "host", "day"}
    assert not (tmp_path / "report.html").exists()


def test_a_place_without_decisions_is_no_report(tmp_path: Path) -> None:
    FolderStore(tmp_path)
    with pytest.raises(UsageError, match="no decisions of 2026-03-01 yet"):
        run(str(tmp_path), "--day", "2026-03-01")
