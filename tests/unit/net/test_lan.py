"""One server of the owner's network, and no other way there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched
from bowerbird.net import HttpFetcher, LanFetcher
from bowerbird.net.lan import at_home, origin
from tests.fakes import FakeFetcher

OK = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npicture"
AWAY = "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n"

Serve = Callable[..., Any]  # of conftest.RawServer


def home(own: str, **more: Any) -> HttpFetcher:
    return HttpFetcher(user_agent="bowerbird-test/1", own=own, **more)


def get(fetcher: HttpFetcher | LanFetcher, url: str) -> Fetched:
    return fetcher.fetch(url, accept="image/*", max_bytes=1000)


def test_a_link_to_the_owners_server_is_followed_there(serve: Serve) -> None:
    server = serve(OK)
    with home(server.url("")) as own:
        fetcher = LanFetcher(FakeFetcher({"https://b.example/1.jpg": b"far"}), own)
        assert get(fetcher, f"lan+{server.url('/a.jpg')}").body == b"picture"
        assert get(fetcher, "https://b.example/1.jpg").body == b"far"
    assert "User-Agent: bowerbird-test/1" in server.requests[0]


def test_a_link_that_a_stranger_writes_does_not_lead_there(serve: Serve) -> None:
    server = serve(OK)
    with home(server.url("")) as own, HttpFetcher(user_agent="bowerbird-test/1") as public:
        with pytest.raises(PermanentError, match=r"^refused: port"):
            get(LanFetcher(public, own), server.url("/a.jpg"))
        with pytest.raises(PermanentError, match=r"^refused: scheme"):
            get(public, f"lan+{server.url('/a.jpg')}")
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["lan+http://127.0.0.1:1/a.jpg", "lan+https://b.example/", "lan+file:///etc/passwd"]
)
def test_no_other_server_is_asked(serve: Serve, url: str) -> None:
    server = serve(OK)
    with home(server.url("")) as own, pytest.raises(PermanentError, match=r"^refused: "):
        get(LanFetcher(FakeFetcher({}), own), url)


def test_no_redirect_leads_to_another_server(serve: Serve) -> None:
    other = serve(OK)
    server = serve(AWAY.format(other.url("/b.jpg")))
    with (
        home(server.url("")) as own,
        pytest.raises(PermanentError, match=r"^refused: 127.0.0.1:[0-9]+/b.jpg is not at"),
    ):
        get(own, server.url("/a.jpg"))
    assert other.requests == []


def test_no_redirect_leads_there_from_elsewhere(serve: Serve) -> None:
    server = serve(OK)
    other = serve(AWAY.format(server.url("/a.jpg")))
    public = HttpFetcher(user_agent="bowerbird-test/1", gateway=other.url(""))
    with public, pytest.raises(PermanentError, match=r"^refused: port"):
        get(public, "http://b.example/1.jpg")
    assert server.requests == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "169.254.169.254", "0.0.0.0", "2606:4700::1", "fe80::1"]
)
def test_a_name_that_is_not_at_home_is_refused(address: str) -> None:
    with (
        home("http://rsshub:1200", resolver=lambda _: [address]) as own,
        pytest.raises(PermanentError, match=f"^refused: rsshub is at {address}, not on your own network"),
    ):
        get(own, "http://rsshub:1200/feed")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://192.168.1.20:1200/a/b?c=1", "http://192.168.1.20:1200"),
        ("http://rsshub/x", "http://rsshub"),
        ("https://NAS.local:443/x", "https://nas.local"),
        ("http://[fd00::1]:1200/x", "http://[fd00::1]:1200"),
    ],
)
def test_the_server_is_told_by_its_origin(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    "url", ["", "rsshub:1200/x", "file:///x", "http://u:p@192.168.1.20/", "http://2130706433/"]
)
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(PermanentError, match=r"^refused: "):
        origin(url)


def test_only_its_own_links_are_written_as_such() -> None:
    own = "http://192.168.1.20:1200"
    assert at_home(f"{own}/a.jpg", own) == f"lan+{own}/a.jpg"
    for other in (
        "http://192.168.1.20/a.jpg",
        "https://192.168.1.20:1200/a.jpg",
        "http://192.168.1.21:1200/a",
    ):
        assert at_home(other, own) == other
