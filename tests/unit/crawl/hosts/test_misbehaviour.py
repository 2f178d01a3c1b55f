"""Hosts that misbehave, over real HTTP: one post is lost by name, the next one is crawled."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.post import Post
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.hosts import Hosts
from bowerbird.net import HttpFetcher
from tests.unit.crawl.fakes import FakeSource

_GOOD = b'<meta property="og:image" content="https://i.imgur.com/AbCdEfG.jpg?fb">'
_ALBUM = (
    b'{"data":{"id":"z6B0j","images":[{"id":"1nneRbX","type":"image/png","animated":false,"width":1279,'
    b'"height":717,"link":"https://i.imgur.com/1nneRbX.png"}]},"success":true,"status":200}'
)
_SIZES = (
    b'{"sizes":{"size":[{"label":"Large","width":"1024","height":683,"media":"photo",'
    b'"source":"https://live.staticflickr.com/7049/6946979188_25bb44852b_b.jpg"}]},"stat":"ok"}'
)


@dataclass(frozen=True, slots=True)
class Says:
    """One answer; `length` lies about the body's when given."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass
class World:
    """All hosts at once: answers by `host/path`, in order; notes every request."""

    answers: dict[str, list[Says]]
    asked: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def __enter__(self) -> str:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = f"{self.headers['Host']}{self.path.partition('?')[0]}"
                world.asked.append(address)
                world.keys.append(self.headers["Authorization"])
                waiting = world.answers.get(address, [Says(404)])
                says = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                self.send_response(says.status)
                for name, value in says.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(says.length or len(says.body)))
                self.end_headers()
                self.wfile.write(says.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def crawl(
    world: World, url: str, *, keys: dict[str, str] | None = None
) -> tuple[Candidate | Skipped, list[float]]:
    """The bad post's result; the good post after it must come through."""
    naps: list[float] = []
    posts = [
        Post(Submission("test", "bad"), link=url),
        Post(Submission("test", "good"), link="https://i.imgur.com/AbCdEfG.jpg"),
    ]
    with world as gateway, HttpFetcher(user_agent="bowerbird-test/1", gateway=gateway) as fetcher:
        bad, good = Crawler(fetcher, Hosts.found(keys), naps.append).crawl(FakeSource(posts))
    assert isinstance(good, Candidate)
    return bad, naps


@pytest.mark.parametrize(
    ("answers", "reason", "naps"),
    [
        (
            [Says(429, headers={"Retry-After": "2"})],
            "host-unavailable: imgur: busy: imgur.com/7xAFPmc answered 429",
            [2, 2],
        ),
        (
            [Says(429, headers={"Retry-After": "600"})],
            "host-unavailable: imgur: busy: imgur.com/7xAFPmc answered 429",
            [],
        ),
        ([Says(503)], "host-unavailable: imgur: busy: imgur.com/7xAFPmc answered 503", [1, 2]),
        ([Says(403)], "forbidden: imgur: imgur.com/7xAFPmc answered 403", []),
        ([Says(404)], "gone: imgur: imgur.com/7xAFPmc answered 404", []),
        (
            [Says(200, b"<html>Imgur is over capacity", length=9000)],
            "host-unavailable: imgur: truncated: ",
            [1, 2],
        ),
        (
            [Says(302, headers={"Location": "https://i.imgur.com/removed.png"})],
            "gone: imgur: the page shows no picture any more",
            [],
        ),
        (
            [Says(302, headers={"Location": "https://imgur.com/"})],
            "gone: imgur: the page shows no picture any more",
            [],
        ),
        ([Says(body=b"<html>log in")], "gone: imgur: the page shows no picture any more", []),
        (
            [Says(body=_GOOD, headers={"X-Robots-Tag": "noai"})],
            "opted-out: imgur: imgur.com/7xAFPmc asks noai",
            [],
        ),
    ],
)
def test_imgurs_page(answers: list[Says], reason: str, naps: list[float]) -> None:
    world = World(
        {
            "imgur.com/7xAFPmc": answers,
            "i.imgur.com/removed.png": [Says(body=b"\x89PNG\r\n\x1a\n")],
            "imgur.com/": [Says(body=b"<html><title>Imgur</title>")],
        }
    )
    bad, taken = crawl(world, "https://imgur.com/7xAFPmc")
    assert isinstance(bad, Skipped)
    assert str(bad.reason).startswith(reason)
    assert taken == naps


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([Says(429)], "host-unavailable: imgur: busy: api.imgur.com/3/album/z6B0j answered 429"),
        ([Says(403)], "forbidden: imgur: api.imgur.com/3/album/z6B0j answered 403"),
        (
            [Says(body=b"<html>blocked in your country")],
            "host-unavailable: imgur: https://api.imgur.com/3/album/z6B0j",
        ),
        ([Says(body=_ALBUM[:90])], "host-unavailable: imgur: https://api.imgur.com/3/album/z6B0j answers"),
        ([Says(body=_ALBUM[:90], length=999)], "host-unavailable: imgur: truncated: "),
    ],
)
def test_imgurs_api(answers: list[Says], reason: str) -> None:
    world = World({"api.imgur.com/3/album/z6B0j": answers})
    bad, _ = crawl(world, "https://imgur.com/a/z6B0j", keys={"imgur": "owner"})
    assert isinstance(bad, Skipped)
    assert str(bad.reason).startswith(reason)


def test_imgurs_api_after_a_pause() -> None:
    world = World({"api.imgur.com/3/album/z6B0j": [Says(429), Says(body=_ALBUM)]})
    found, taken = crawl(world, "https://imgur.com/a/z6B0j", keys={"imgur": "owner"})
    assert isinstance(found, Candidate)
    assert found.urls == ("https://i.imgur.com/1nneRbX.png",)
    assert world.keys == ["Client-ID owner", "Client-ID owner"]
    assert taken == [1]


def test_a_redirect_does_not_take_the_key_along() -> None:
    there = Says(302, headers={"Location": "https://evil.example/3/album/z6B0j"})
    world = World({"api.imgur.com/3/album/z6B0j": [there], "evil.example/3/album/z6B0j": [Says(body=_ALBUM)]})
    crawl(world, "https://imgur.com/a/z6B0j", keys={"imgur": "owner"})
    assert list(zip(world.asked, world.keys, strict=True)) == [
        ("api.imgur.com/3/album/z6B0j", "Client-ID owner"),
        ("evil.example/3/album/z6B0j", None),
    ]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([Says(429)], "host-unavailable: flickr: busy: api.flickr.com/services/rest/ answered 429"),
        ([Says(403)], "forbidden: flickr: api.flickr.com/services/rest/ answered 403"),
        ([Says(body=b"<html>")], "host-unavailable: flickr: https://api.flickr.com/services/rest/ answers"),
        (
            [Says(body=_SIZES[:60], length=999)],
            "host-unavailable: flickr: truncated: api.flickr.com/services/rest/",
        ),
    ],
)
def test_flickrs_api_and_its_key_stays_out_of_reasons(answers: list[Says], reason: str) -> None:
    world = World({"api.flickr.com/services/rest/": answers})
    bad, _ = crawl(world, "https://flic.kr/p/9aeit3", keys={"flickr": "owners-secret"})
    assert isinstance(bad, Skipped)
    assert str(bad.reason).startswith(reason)
    assert "owners-secret" not in str(bad.reason)


def test_flickrs_login_page_is_no_photo() -> None:
    world = World(
        {
            "www.flickr.com/photo.gne": [
                Says(302, headers={"Location": "https://identity.flickr.com/login"})
            ],
            "identity.flickr.com/login": [Says(body=b"<html>Log in to Flickr")],
        }
    )
    bad, _ = crawl(world, "https://flic.kr/p/9aeit3")
    assert bad == Skipped("bad", Reason(Word.GONE, "flickr: the page shows no photo any more"))
