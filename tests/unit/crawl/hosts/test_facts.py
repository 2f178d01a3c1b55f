"""What hosts say of themselves reaches those that heed it."""

from __future__ import annotations

import pytest

from bowerbird.crawl import hosts
from bowerbird.net import HostTurns
from bowerbird.net.limiter import Limiter
from bowerbird.net.pacing import DEFAULT_LIMIT


class Clock:
    """Simulated seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_each_apis_limit_is_its_hosts() -> None:
    found = hosts.limits()
    assert found["api.imgur.com"].requests == 500
    assert found["upload.wikimedia.org"].concurrency == found["thumb.wikimedia.org"].concurrency == 2
    assert (found["wallhaven.cc"].requests, found["wallhaven.cc"].window_s) == (45, 60)


@pytest.mark.parametrize("host", sorted(hosts.limits()))
def test_the_published_numbers_are_never_passed(host: str) -> None:
    limit, clock = hosts.limits()[host], Clock()
    limiter = Limiter(hosts.limits(), DEFAULT_LIMIT, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)
    turns, starts = HostTurns(limiter), []
    for _ in range(limit.requests + 5):
        with turns.turn(host, patience_s=2 * limit.window_s) as turn:
            starts.append(clock.now)
            turn.answered(200, {})
    for first, beyond in zip(starts, starts[limit.requests :], strict=False):
        assert beyond - first >= limit.window_s


def test_the_turns_that_are_wired_heed_the_limits() -> None:
    turns = hosts.turns()
    for _ in range(45):
        with turns.turn("wallhaven.cc", patience_s=60) as turn:
            turn.answered(200, {})
    assert turns.wait_s("wallhaven.cc") > 0
    assert turns.wait_s("i.redd.it") == 0


def test_two_hosts_do_not_limit_the_same_name() -> None:
    names = [name for facts in hosts.Hosts.found().facts.values() for name in facts.limits]
    assert sorted(names) == sorted(set(names))


def test_watched_hosts_are_few_for_each_costs_a_metric() -> None:
    assert {"i.imgur.com", "i.redd.it", "live.staticflickr.com"} <= hosts.watched()
    assert len(hosts.watched()) < 20


def test_hosts_name_the_settings_of_their_keys() -> None:
    assert {"flickr": "flickr_api_key", "imgur": "imgur_client_id"}.items() <= hosts.key_settings().items()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://i.imgur.com/removed.png", "imgur"),
        ("http://imgur.com/removed.png?1", "imgur"),
        ("https://s.yimg.com/pw/images/en-us/photo_unavailable.png", "flickr"),
        ("https://s.yimg.com/pw/images/photo_unavailable_l.png", "flickr"),
        ("https://www.flickr.com/images/photo_unavailable.gif", "flickr"),
        ("https://i.imgur.com/abcdefg.png", None),
        ("https://i.imgur.com/removed.png/abc.jpg", None),
        ("https://example.com/removed.png", None),
        ("https://example.com/?from=https://i.imgur.com/removed.png", None),
        ("https://live.staticflickr.com/65535/1_abc_o.jpg", None),
    ],
)
def test_where_hosts_redirect_to_when_a_picture_is_gone(url: str, host: str | None) -> None:
    assert hosts.placeholders().host_of(b"any picture", url=url) == host


@pytest.mark.parametrize(
    ("image_format", "size", "host"),
    [
        ("PNG", (161, 81), "imgur"),
        ("PNG", (130, 60), "Reddit"),
        ("JPEG", (161, 81), None),
        ("PNG", (162, 81), None),
        ("PNG", (81, 161), None),
    ],
)
def test_a_placeholders_own_size(image_format: str, size: tuple[int, int], host: str | None) -> None:
    found = hosts.placeholders().host_of(
        b"any picture", url="https://i.imgur.com/abcdefg.png", image_format=image_format, size=size
    )
    assert found == host
