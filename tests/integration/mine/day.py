"""What a day brings, and what `mine --every` says of it: `python -m tests.integration.mine.day` shows it."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from bowerbird.adapters.place import Place, open_place
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.host.mine import MineResult, RunOptions, mine, print_summary
from bowerbird.host.wiring import HostOptions
from bowerbird.net import HttpFetcher
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.limits import Limits
from tests.e2e.cloud.rig import bundle
from tests.integration.mine.world import (
    DAY_S,
    FEED,
    Clock,
    Server,
    hangs_up,
    http,
    refused,
    says,
    serving,
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
        r"ok, 2 new of 2 posts read .*posts that could not be read: 1 ValueError",
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


def live_a_day(server: Server, place: Place, folder: Path) -> MineResult:
    every_s = DAY_S / len(DAY) / CRAWLS
    clock = Clock([answer for answer, _ in DAY], every_s, server, place.state)
    limiter = Limiter({}, Limit(1000, 60), clock=clock.monotonic, sleep=clock.sleep, jitter=lambda: 1.0)
    impatient = Limits(read_s=2)  # long enough for a busy machine to answer, where it does
    with HttpFetcher(user_agent="test", limits=impatient, gateway=server.url) as fetcher:
        source = open_source(f"feed:{FEED}", Context(fetcher=fetcher, limiter=limiter, store=place.store))
        options = HostOptions(bundle=str(bundle(folder)), gateway=server.url)
        return mine(source, place, options, RunOptions(every_s=every_s, stop=clock, now=clock.now))


def main() -> None:
    """Live it, with what it says on standard error and the summary on standard output."""
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        place = open_place(f"{folder}/out")
        print_summary(live_a_day(server, place, Path(folder)), place)


if __name__ == "__main__":
    main()
