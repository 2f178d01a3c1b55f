import json
from typing import Any

import pytest

from bowerbird.crawl.hosts import watched
from bowerbird.crawl.telemetry import tell_hosts, tell_source


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_sources_state_is_counted_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    tell_source("rss", "blocked")
    (line,) = told(capsys)
    assert (line["source"], line["health"], line["SourceHealth"]) == ("rss", "blocked", [1.0])
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["source", "health"]]


def test_strangers_hosts_make_no_metric_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert "i.imgur.com" in watched()
    tell_hosts(
        {
            "i.imgur.com": {"busy": 3, "answered": 5},
            "a.evil.example": {"unreachable": 2},
            "b.evil.example": {"unreachable": 1},
        }
    )
    found = {(line["host"], line["health"]): line["HostHealth"] for line in told(capsys)}
    assert found == {
        ("i.imgur.com", "busy"): [3.0],
        ("i.imgur.com", "answered"): [5.0],
        ("other", "unreachable"): [3.0],
    }
