"""A simulated day: the source fails in every way there is, in turn, and each time it is told once."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from bowerbird.net import HttpFetcher
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.limits import Limits
from functions.crawl.sources import open_source
from functions.crawl.sources.base import Context
from infra.local.bootstrap import HostOptions
from infra.local.cli import main
from infra.local.mine import MineResult, RunOptions, mine, print_summary
from infra.local.place import Place, open_place
from tests.chaos.rig import decisions
from tests.e2e.cloud.rig import bundle
from tests.integration.mine import world
from tests.integration.mine.world import (
    DAY_S,
    FEED,
    Answer,
    Clock,
    Server,
    hangs_up,
    http,
    refused,
    says,
    silent,
)

CRAWLS = 2  # in each phase


def item(name: str, inside: str = "") -> str:
    return f"<item><guid>{name}</guid><title>{name}</title>{inside}</item>"


def picture(number: int) -> str:
    return item(
        f"p{number}", f'<enclosure url="http://pictures.example/{number}.jpg" type="image/jpeg" length="1"/>'
    )


def feed(*items: str) -> bytes:
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Pictures</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def good(connection: socket.socket, crawl: int) -> None:
    """One new picture in each phase."""
    connection.sendall(http(feed(picture(crawl // CRAWLS))))


#: What the source does, and what is told of it: nothing where nothing is new.
DAY = [
    (good, "feed:http://pictures.example/feed: ok, 1 new of 1 posts read in 1 requests"),
    (says(http(b"\x00\x01 garbage {]")), r"half an answer \(not a feed\).* tried again every"),
    (says(http(b"no", "403 Forbidden")), "refused with 403 Forbidden"),
    (says(http(b"no", "429 Too Many Requests", "Retry-After: 90")), "asked too often"),
    (good, "it can be read again: feed:.*: ok, 1 new"),
    (says(http(b"no", "500 Internal Server Error")), "500: check the connection"),
    (says(http(b"<!doctype html><title>Log in</title>")), "a web page instead of a listing"),
    (says(http(feed(picture(0)), cut=40)), "truncated: pictures.example/feed"),
    (silent, "timeout: pictures.example/feed did not answer in time"),
    (
        says(http(b"", "302 Found", "Location: https://a.example/%5B/x[/red]\x9b31m\u202e?y")),
        "cannot be read: redirects",
    ),
    (says(http(b"")), r"half an answer \(not a feed\)"),
    (says(http(feed())), "it can be read again: feed:.*: empty, 0 new of 0 posts"),
    (
        says(http(feed(item("odd", "<pubDate>0000-00-00T00:00:00Z</pubDate>"), picture(100)))),
        "ok, 2 new of 2 posts read",
    ),
    (
        says(
            http(feed(item("cdata", "<description><![CDATA[text <![[ more]]></description>"), picture(101)))
        ),
        "ok, 2 new of 2 posts read",
    ),
    (
        says(http(feed(item("reference", "<description>&#x110000;</description>"), picture(102)))),
        r"ok, 2 new of 2 posts read .*1 posts could not be read so far \(1 ValueError\)",
    ),
    (says(b"[/bold] \x1b[31mhello [blink]x[/blink]\r\n\r\n"), r"network: .*\[/bold\]"),
    (
        says(
            http(
                feed(item("slow", f"<description><![CDATA[{'<!--' * 50_000}]]></description>"), picture(103))
            )
        ),
        "it can be read again: feed:.*: ok, 2 new of 2 posts",
    ),
    (refused, "Connection refused"),
    (hangs_up, "Connection reset|Connection aborted"),
    (good, "it can be read again: feed:.*: ok, 1 new"),
]
KEPT = ["p0", "p4", "p19", "p100", "p101", "p102", "p103"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return open_place(str(tmp_path / "out"))


def live_a_day(server: Server, place: Place, folder: Path) -> MineResult:
    every_s = DAY_S / len(DAY) / CRAWLS
    clock = Clock([answer for answer, _ in DAY], every_s, server, place.state)
    limiter = Limiter({}, Limit(1000, 60), clock=clock.monotonic, sleep=clock.sleep, jitter=lambda: 1.0)
    impatient = Limits(connect_s=1, read_s=0.2)
    with HttpFetcher(user_agent="test", limits=impatient, gateway=server.url) as fetcher:
        source = open_source(f"feed:{FEED}", Context(fetcher=fetcher, limiter=limiter, store=place.store))
        options = HostOptions(bundle=str(bundle(folder)), gateway=server.url)
        return mine(source, place, options, RunOptions(every_s=every_s, stop=clock, now=clock.now))


def test_each_failure_is_told_once_and_good_posts_are_judged(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.serving() as server:
        result = live_a_day(server, place, tmp_path)
    print_summary(result, place)
    summary, told = capsys.readouterr()
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told + summary) is None
    lines = [line for line in told.splitlines() if re.match(r"\d\d:\d\d:\d\d ", line)]
    for hour, (line, (_, expected)) in enumerate(zip(lines, DAY, strict=True)):
        assert re.search(expected, line), (expected, line)
        assert line.startswith(f"{(DAY_S / len(DAY) * hour) // 3600:02.0f}:"), line
    kept = [each["submission"]["id"] for each in decisions(place.store) if each["keep"]]
    assert sorted(kept) == sorted(KEPT)
    assert result.tally.skips == {"no-link": 3, "error: ValueError": 1}
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
    with world.serving() as server:
        server.enter(answer, 0)
        command = ["mine", "--once", "--source", f"feed:{FEED}", "--gateway", server.url]
        assert main([*command, "--out", str(tmp_path / "out")]) == status
    told = capsys.readouterr().err
    assert ("bowerbird: feed:http://pictures.example/feed: " in told) == bool(status)
