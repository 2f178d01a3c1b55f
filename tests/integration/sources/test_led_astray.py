"""Feeds and authors' servers that lead elsewhere: into this machine, its network, in circles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from bowerbird.core.errors import PermanentError, RetryableError, SourceBlockedError
from bowerbird.crawl.sources.feed import FeedSource
from bowerbird.crawl.sources.listing import Listing, RunBudget, fetching
from bowerbird.net import HttpFetcher
from bowerbird.net.atproto import AtprotoFetcher
from bowerbird.net.limiter import Limit, Limiter
from tests.feeds import read_here
from tests.loopback import Handler, serving

DID = "did:plc:" + "a" * 24
BLOB = f"at://{DID}/xrpc/com.atproto.sync.getBlob?did={DID}&cid=bafkrei{'a' * 52}"
PUBLIC = "93.184.216.34"
# What names resolve to; whoever else is asked for is at a public address, where these tests never get.
NAMES = {
    "loopback.example": ["127.0.0.1"],
    "inside.example": ["10.1.2.3"],
    "both.example": [PUBLIC, "192.168.1.1"],
    "mapped.example": ["::ffff:10.1.2.3"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "metadata.example": ["fd00:ec2::254"],
}


@dataclass
class Astray:
    """A server that answers with `location` or `body`, and writes down what it was asked."""

    location: str = ""
    body: bytes = b""
    asked: list[str] = field(default_factory=list)


@contextmanager
def astray(answer: Astray) -> Iterator[str]:
    class Answering(Handler):
        def do_GET(self) -> None:  # noqa: N802 - the name that http.server wants
            answer.asked.append(f"{self.headers['Host']}{self.path}")
            self.send_response(302 if answer.location else 200)
            if answer.location:
                self.send_header("Location", answer.location)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    with serving(Answering) as url:
        yield url


def read_feed(fetcher: HttpFetcher, url: str) -> None:
    limiter = Limiter({}, Limit(1000, 1), sleep=lambda _: None)
    listing = Listing("feed", fetching(fetcher, "*/*"), limiter, RunBudget(9, 60))
    list(FeedSource(listing, url, parse=read_here).posts())


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "scheme 'file'"),
        ("ftp://ftp.example/feed.xml", "scheme 'ftp'"),
        ("data:text/xml,<rss/>", "refused"),
        ("feed://p.example/feed", "scheme 'feed'"),
        ("http://10.0.0.1/feed", "private"),
        ("http://169.254.169.254/latest/meta-data/", "link-local"),
        ("http://[::ffff:10.0.0.1]/", "IPv4-mapped"),
        ("http://[::ffff:a9fe:a9fe]/", "IPv4-mapped"),
        ("http://[fe80::1]/", "link-local"),
        ("http://[2002:a00:1::]/", "6to4"),
        ("http://167772161/", "number"),
        ("http://0x0a.0.0.1/", "number|not a URL"),
        ("http://012.0.0.1/", "number|not a URL"),
        ("http://10.1/", "number"),
        ("http://inside.example/", "private"),
        ("http://both.example/", "192.168.1.1"),
        ("http://mapped.example/", "IPv4-mapped"),
        ("http://nat64.example/", "NAT64"),
        ("http://metadata.example/", "private"),
        ("http://router/", "public name"),
        ("http://nas.local/", "local name"),
        ("http://user:pass@p.example/", "credentials"),
        ("http://p.example:6379/", "port 6379"),
        ("/feed", "more than 5"),
        ("lan+http://127.0.0.1/feed", "refused"),
    ],
)
def test_a_feed_leads_nowhere_but_to_the_public_web(location: str, words: str) -> None:
    answer = Astray(location)
    fetcher = HttpFetcher(user_agent="t", allow_loopback=True, resolver=lambda host: NAMES.get(host, [host]))
    with astray(answer) as url, fetcher, pytest.raises(SourceBlockedError, match=words):
        read_feed(fetcher, f"{url}/feed")
    assert {each.partition("/")[2] for each in answer.asked} == {"feed"}


def test_a_feed_at_home_does_not_lead_to_another_server_at_home() -> None:
    inside = Astray(body=b"<rss/>")
    with astray(inside) as other:
        answer = Astray(f"{other}/feed")
        with (
            astray(answer) as url,
            HttpFetcher(user_agent="t", own=url) as fetcher,
            pytest.raises(SourceBlockedError, match=r"refused: .* is not at"),
        ):
            read_feed(fetcher, f"{url}/feed")
    assert (len(answer.asked), inside.asked) == (1, [])


def document(endpoint: object, **more: object) -> bytes:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint}
    return json.dumps({"id": DID, "service": [service], **more}).encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (document("https://10.0.0.1:22"), "only https://host"),
        (document("https://user:pass@pds.example"), "only https://host"),
        (document("https://[::ffff:127.0.0.1]"), "only https://host"),
        (document("https://pds.example%2f@127.0.0.1"), "only https://host"),
        (document("https://2130706433"), "number"),
        (document("https://0x7f.1"), "number"),
        (document("https://localhost"), "public name"),
        (document("https://nas.local"), "local name"),
        (document("https://pds..example"), "refused"),
        (document("https://-pds.example"), "refused"),
        (document("https://pds.example", alsoKnownAs=["x" * 70_000]), "too-large"),
        (b'{"id": "%s", "service": [' % DID.encode() + b'{"a":' * 5_000, "not a JSON object"),
        (b"[" * 60_000, "not a JSON object"),
        (document("https://pds.example").replace(DID.encode(), b"did:plc:" + b"b" * 24), "of another"),
    ],
)
def test_a_document_leads_to_no_server_but_a_public_one(body: bytes, words: str) -> None:
    answer = Astray(body=body)
    with (
        astray(answer) as url,
        HttpFetcher(user_agent="t", gateway=url) as http,
        pytest.raises((PermanentError, RetryableError), match=words),
    ):
        AtprotoFetcher(http).fetch(BLOB, accept="image/*", max_bytes=1000)
    assert answer.asked == [f"plc.directory/{DID}"]


@pytest.mark.parametrize("name", ["127.0.0.1", "169.254.169.254", "inside.example", "loopback.example"])
def test_a_did_that_names_our_own_network_is_asked_for_nothing(name: str) -> None:
    with (
        HttpFetcher(user_agent="t", resolver=lambda host: NAMES.get(host, [host])) as http,
        pytest.raises(PermanentError, match="not on the public internet"),
    ):
        AtprotoFetcher(http).fetch(f"at://did:web:{name}/xrpc/x", accept="image/*", max_bytes=1000)


@pytest.mark.parametrize("location", ["https://user@pds.example/x", "file:///etc/passwd", "https://10.1/"])
def test_a_document_has_not_moved_where_no_document_lies(location: str) -> None:
    answer = Astray(location)
    with (
        astray(answer) as url,
        HttpFetcher(user_agent="t", gateway=url) as http,
        pytest.raises(PermanentError, match="refused"),
    ):
        AtprotoFetcher(http).fetch(BLOB, accept="image/*", max_bytes=1000)
    assert len(answer.asked) == 1
