"""A simulated day: the source fails in every way there is, in turn, and each time it is told once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bowerbird.adapters.place import Place, open_place
from bowerbird.cli.main import main
from bowerbird.host.mine import print_summary
from tests.chaos.rig import decisions
from tests.integration.mine.day import DAY, feed, item, live_a_day
from tests.integration.mine.world import DAY_S, FEED, Answer, http, says, serving

KEPT = ["p0", "p4", "p19", "p100", "p101", "p102", "p103"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return open_place(str(tmp_path / "out"))


def test_each_failure_is_told_once_and_good_posts_are_judged(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        result = live_a_day(server, place, tmp_path)
    print_summary(result, place)
    summary, told = capsys.readouterr()
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told + summary) is None
    lines = [line for line in told.splitlines() if re.match(r"\d\d:\d\d:\d\d (?!judged )", line)]
    for hour, (line, (_, expected)) in enumerate(zip(lines, DAY, strict=True)):
        assert re.search(expected, line), (expected, line)
        assert line.startswith(f"{(DAY_S / len(DAY) * hour) // 3600:02.0f}:"), line
    kept = [each["submission"]["id"] for each in decisions(place.store) if each["keep"]]
    assert sorted(kept) == sorted(KEPT)
    # An entry without a link has its id, taken for one, and no rule knows that.
    assert result.tally.skips == {"no-rule": 3, "error: ValueError": 1}
    assert re.search(r"crawl: .*refused with 403 Forbidden.* \(2 times\)", summary)
    assert f"kept {len(KEPT)} of {len(KEPT)}" in summary


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (says(http(b"no", "403 Forbidden")), 3),
        (says(http(b"<html>Log in")), 3),
        (says(http(b"no", "404 Not Found")), 2),
        (says(http(feed(item("odd", "<pubDate>0000-00-00</pubDate>")))), 0),
    ],
)
def test_the_exit_status_of_one_crawl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: Answer, status: int
) -> None:
    with serving() as server:
        server.enter(answer, 0)
        command = ["mine", "--once", "--source", f"feed:{FEED}", "--gateway", server.url]
        assert main([*command, "--out", str(tmp_path / "out")]) == status
    told = capsys.readouterr().err
    assert ("bowerbird: feed:http://pictures.example/feed: " in told) == bool(status)
