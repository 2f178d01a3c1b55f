"""`bowerbird candidates`: what would be judged, and what not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bowerbird.cli.main import main
from tests.unit.crawl.shapes import gallery, preview, submission


@pytest.fixture
def source(tmp_path: Path) -> str:
    posts = [
        gallery("aaa", "bbb"),
        submission(id="b", name="t3_b", over_18=True),
        submission(id="c", name="t3_c", preview=preview(), title="[/red] \ud800"),
    ]
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, posts)))
    return f"replay:{file}"


def test_one_json_object_a_line(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["candidates", "--source", source, "--json", "--skipped"]) == 0
    told = capsys.readouterr()
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert [row.get("id") or row["submission"] for row in rows] == [
        "t3_abc12/aaa",
        "t3_abc12/bbb",
        "t3_b",
        rows[3]["id"],
    ]
    assert rows[2] == {"submission": "t3_b", "skipped": "over-18"}
    assert rows[3]["urls"][0] == "https://i.redd.it/z5mux8w0bgx21.jpg"
    assert {row["version"] for row in rows if "id" in row} == {1}
    assert "over-18" in told.err


def test_skipped_ones_are_told_on_demand_only(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["candidates", "--source", source]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "t3_abc12/aaa",
        "t3_abc12/bbb",
        "t3_c/z5mux8w0bgx21",
    ]


def test_a_limit_counts_candidates(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["candidates", "--source", source, "--json", "--limit", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_wrong_source_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["candidates", "--source", "nonsense"]) == 2
    assert "say one of" in capsys.readouterr().err
