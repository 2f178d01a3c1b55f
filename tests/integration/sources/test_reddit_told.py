"""What Reddit's answers mean, by the whole way from a server on loopback to the words on the terminal."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bowerbird.cli.main import main
from bowerbird.crawl.sources.listing import Listing, RunBudget
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.crawl.sources.reddit_oauth import RedditSession, RedditSource
from bowerbird.net.limiter import Limit, Limiter
from tests.integration.sources.loopback_reddit import listing
from tests.loopback import Handler, serving

TOKEN = "feed-token-5b1c"
Answer = tuple[int, dict[str, str], bytes]

JSON = {"Content-Type": "application/json; charset=UTF-8"}
HTML = {"Content-Type": "text/html"}


def said(status: int, **body: Any) -> Answer:
    return status, JSON, json.dumps(body).encode()


def page(*submissions: dict[str, Any]) -> Answer:
    return 200, JSON, json.dumps(listing(list(submissions), None)).encode()


def post(number: int, **fields: Any) -> dict[str, Any]:
    short = f"abc{number:03}"
    return {
        "id": short,
        "name": f"t3_{short}",
        "subreddit": "EarthPorn",
        "url": f"https://i.redd.it/{short}.jpg",
        "created_utc": 1_764_000_000.0 - number,
    } | fields


GRANTED = said(200, access_token="the-token", expires_in=3600, scope="*", token_type="bearer")


@dataclass
class World:
    """All hosts at one address; `asked` names host and path of each request, in order."""

    answer: Answer = (500, {}, b"")
    token: Answer = GRANTED
    answers: Callable[[str], Answer] | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def served() -> Iterator[World]:
    world = World()

    class Answering(Handler):
        def do_POST(self) -> None:  # noqa: N802
            self.rfile.read(int(self.headers["Content-Length"]))
            world.asked.append(f"{self.headers['Host']}{self.path}")
            self.send(*world.token)

        def do_GET(self) -> None:  # noqa: N802
            world.asked.append(f"{self.headers['Host']}{self.path}")
            self.send(*(world.answers(self.path) if world.answers else world.answer))

        def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    with serving(Answering) as world.url:
        yield world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("BOWERBIRD_REDDIT_CLIENT_ID", "the-app")
    monkeypatch.setenv("BOWERBIRD_REDDIT_CLIENT_SECRET", "the-secret")
    with served() as world:
        yield world


def crawl(source: str, world: World) -> int:
    return main(["candidates", "--source", source, "--skipped", "--json", "--gateway", world.url])


BLOCKED = (403, HTML, b"<!doctype html><title>Blocked</title>")


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        (
            "reddit:priv",
            said(403, reason="private", error=403),
            (3, "r/priv cannot be read, Reddit says 'private': ask its mod"),
        ),
        (
            "reddit:quar",
            said(403, reason="quarantined", error=403),
            (3, "'quarantined': open it once in a browser"),
        ),
        (
            "reddit:gold",
            said(403, reason="gold_only", error=403),
            (3, "'gold_only': only members of Reddit Premium"),
        ),
        (
            "reddit:what",
            said(403, reason="new_word", error=403),
            (3, "r/what cannot be read, Reddit says 'new_word': leave"),
        ),
        (
            "reddit:shut",
            said(404, reason="banned", error=404),
            (2, "Reddit says 'banned': Reddit has closed it"),
        ),
        (
            "reddit:user/nobody/m/mine",
            said(403, reason="private", error=403),
            (3, "user/nobody/m/mine cannot be read"),
        ),
        (
            "reddit:mine",
            said(403, message="Forbidden", error=403),
            (3, "may not read r/mine: check that its token"),
        ),
        ("reddit:pics", BLOCKED, (3, "403 Forbidden: Reddit blocks this address")),
        (
            "reddit:none",
            (302, {"Location": "https://www.reddit.com/subreddits/search?q=none"}, b""),
            (2, "there is no r/none"),
        ),
        ("reddit:none", (302, {"Location": "/search?q=none"}, b""), (2, "there is no r/none")),
        (
            "reddit:none",
            said(404, message="Not Found", error=404),
            (2, "nothing is at https://oauth.reddit.com/r/none/new: check"),
        ),
        (
            "reddit",
            (302, {"Location": "https://www.reddit.com/"}, b""),
            (3, "r/all leads to /, so there is no listing of everyth"),
        ),
        ("reddit", (301, {"Location": "/r/popular/new"}, b""), (3, "r/all leads to /r/popular/new")),
        ("reddit", said(404, message="Not Found", error=404), (3, "r/all is not there (404)")),
        ("reddit", said(403, reason="private", error=403), (3, "r/all is 'private'")),
        ("reddit", page(*map(post, range(30))), (3, "r/all answers with posts of r/EarthPorn alone")),
        (
            "reddit",
            page(*(post(n * 11 % 30, subreddit=f"r{n % 9}") for n in range(30))),
            (3, "r/all answers with posts that are not the newest first"),
        ),
        (
            "reddit",
            (302, {"Location": "https://www.reddit.com/login/?dest=x"}, b""),
            (3, "refused with 302 Found: check the"),
        ),
        (
            "rss:priv",
            said(403, reason="private", error=403),
            (3, "rss: r/priv cannot be read, Reddit says 'private'"),
        ),
        ("rss:pics", BLOCKED, (3, "rss: refused with 403 Forbidden: Reddit blocks this address")),
    ],
)
def test_each_refusal_says_why_and_what_to_do(
    source: str, answer: Answer, expected: tuple[int, str], world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = expected
    world.answer = answer
    assert crawl(source, world) == code
    err = capsys.readouterr().err
    assert words in err
    assert ("--communities EarthPorn+SkyPorn" in err) == ("r/all" in words)


def test_all_stays_the_default_while_it_answers_as_it_should(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.answer = page(*(post(n, subreddit=f"r{n % 9}") for n in range(30)))
    assert crawl("reddit", world) == 0
    assert len(capsys.readouterr().out.splitlines()) == 30
    # Tokens too go where the gateway says, and one address for both does not wait for itself.
    assert world.asked == [
        "www.reddit.com/api/v1/access_token",
        "oauth.reddit.com/r/all/new?limit=100&raw_json=1",
    ]


def test_one_address_for_tokens_and_listings_does_not_wait_for_itself(world: World) -> None:
    world.answer = page(post(1))
    limiter = Limiter({urlsplit(world.url).netloc: Limit(100, 60)}, Limit(100, 60))
    session = RedditSession(
        RedditApp("id", "s", "linux:test:1 (by /u/nobody)"), limiter, api=world.url, www=world.url
    )
    source = RedditSource(Listing("reddit", session, limiter, RunBudget(5, 5)), ("EarthPorn",), api=world.url)
    assert [found.submission.id for found in source.posts()] == ["t3_abc001"]


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (
            said(401, error="invalid_client"),
            "no token (401 invalid_client): Reddit does not know this app, or has revoked",
        ),
        (
            said(401, message="Unauthorized", error=401),
            "no token (401): Reddit does not know this app, or has revoked it",
        ),
        (said(400, error="invalid_grant"), "no token (400 invalid_grant): the refresh token is not valid"),
        (said(200, error="invalid_grant"), "no token (invalid_grant): the refresh token is not valid"),
        (BLOCKED, "no token (403): Reddit blocks this address"),
        (said(200, error="unsupported_grant_type"), "(unsupported_grant_type): check the app's client id"),
        ((200, HTML, b"<html>"), "no token (a page that is no token): check the app's"),
        ((302, {"Location": "https://www.reddit.com/login"}, b""), "no token (302): check the app's"),
    ],
)
def test_an_app_that_gets_no_token_is_told_why(
    token: Answer, words: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.token = token
    assert crawl("reddit", world) == 3
    err = capsys.readouterr().err
    assert words in err
    assert "or use another source, such as bluesky" in err
    assert "the-secret" not in err
    assert world.asked == ["www.reddit.com/api/v1/access_token"]


ENTRY = (
    "<entry><id>t3_{0}</id><category term='EarthPorn'/>"
    "<link href='https://www.reddit.com/r/EarthPorn/comments/{0}/t/'/>"
    "<content type='html'>&lt;a href=&quot;https://i.redd.it/{0}.jpg&quot;&gt;[link]&lt;/a&gt;</content></entry>"
)


def feed(*names: str) -> Answer:
    text = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>"
    text += f"<link rel='self' href='https://www.reddit.com/.rss?feed={TOKEN}&amp;user=me'/>"
    return (
        200,
        {"Content-Type": "application/atom+xml"},
        f"{text}{''.join(map(ENTRY.format, names))}</feed>".encode(),
    )


def test_a_feed_asked_too_often_says_when_by_reddits_own_headers(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.answer = (429, {"X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": "299"}, b"")
    assert crawl("rss:EarthPorn+SkyPorn", world) == 3
    assert "asked too often, may be asked again in 299 s" in capsys.readouterr().err
    assert world.asked == ["www.reddit.com/r/EarthPorn+SkyPorn/new/.rss?limit=100"]


def test_a_feed_is_asked_once_a_minute_unless_reddit_allows_more(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.answers = lambda path: feed() if "after" in path else feed("abc12")
    assert crawl("rss:EarthPorn+SkyPorn", world) == 0
    assert len(world.asked) == 1
    assert "rss: ok, 1 new of 1 posts read in 1 requests" in capsys.readouterr().err
    more = {"X-Ratelimit-Remaining": "98", "X-Ratelimit-Reset": "500"}
    world.answers = lambda path: (200, more, (feed() if "after" in path else feed("abc12"))[2])
    world.asked.clear()
    assert crawl("rss:EarthPorn+SkyPorn", world) == 0
    assert len(world.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        feed("abc12"),
        (404, {}, b""),
        BLOCKED,
        (429, {"Retry-After": "300"}, b""),
        (302, {"Location": f"https://www.reddit.com:81/x?feed={TOKEN}"}, b""),
        (302, {"Location": f"ftp://{TOKEN}.example/{TOKEN}"}, b""),
        (200, HTML, b"<!doctype html>"),
    ],
)
def test_the_feed_token_is_sent_and_never_told(
    answer: Answer,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("BOWERBIRD_REDDIT_FEED_TOKEN", TOKEN)
    monkeypatch.setenv("BOWERBIRD_REDDIT_FEED_USER", "me")
    world.answer = answer
    crawl("rss:EarthPorn", world)
    query = parse_qs(urlsplit(world.asked[0]).query)
    assert (query["feed"], query["user"]) == ([TOKEN], ["me"])
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err + caplog.text


def test_half_a_feed_token_is_wrong_usage(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOWERBIRD_REDDIT_FEED_TOKEN", TOKEN)
    assert crawl("rss:EarthPorn", world) == 2
    err = capsys.readouterr().err
    assert "set both BOWERBIRD_REDDIT_FEED_USER" in err
    assert TOKEN not in err
    assert world.asked == []


def test_an_archive_that_is_overloaded_is_asked_for_less(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    busy = said(422, data=None, error="Timeout. Maybe slow down a bit")
    sizes: list[str] = []

    def answers(path: str) -> Answer:
        query = parse_qs(urlsplit(path).query)
        sizes.extend(query["limit"])
        if len(sizes) == 1:
            return busy
        return said(200, data=[] if "before" in query else [post(1)])

    world.answers = answers
    assert crawl("arctic-shift:EarthPorn", world) == 0
    assert sizes[:2] == ["100", "50"]
    assert '"id": "t3_abc001/abc001"' in capsys.readouterr().out
