"""What is fuzzed: each target takes any bytes and says in a word what came of them.

A BowerbirdError is an answer. Any other exception is a bug.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from bowerbird import imaging
from bowerbird.errors import BundleError, InvalidMessageError, PermanentError
from bowerbird.messages import decode_candidate, encode_candidate
from bowerbird.net.atproto import server_of
from bowerbird.net.urls import parse_target
from bowerbird.ports import Fetched
from bowerbird_models import manifest
from functions.crawl import jetstream
from functions.crawl.crawler import Crawler, Skipped
from functions.crawl.hosts import Hosts
from functions.crawl.sources.bluesky_post import parse_record
from functions.crawl.sources.reddit_post import parse_post
from tests.fuzz import seeds

Target = Callable[[bytes], str]


def image(data: bytes) -> str:
    """The decode path, at a reduced scale as the models use it."""
    imaging.decode(data, min_side=16)
    return "decoded"


def url(data: bytes) -> str:
    """The reading of URLs before anything is asked."""
    target = parse_target(data.decode(errors="replace"), ports=frozenset({80, 443}))
    assert parse_target(target.url, ports=frozenset({80, 443})) == target
    return "accepted"


def host(data: bytes) -> str:
    """Every host rule's matching, which makes no request."""
    found = _hosts().match(data.decode(errors="surrogateescape"))
    return found.host if found else "no rule"


def post(data: bytes) -> str:
    """A submission to its candidates, and each candidate through the queue's format and back."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return "not JSON"
    for found in Crawler(_Nowhere(), _hosts(), sleep=lambda _: None).look(parse_post(fields, source="fuzz")):
        if isinstance(found, Skipped):
            # The crawler contains a rule's bug; here it must not hide.
            assert not found.reason.startswith("error:"), found.reason
            return found.reason.partition(":")[0]
        assert decode_candidate(encode_candidate(found)) == found
    return "candidates"


def event(data: bytes) -> str:
    """A message of Jetstream to its post's candidates, each through the queue's format and back."""
    try:
        told = jetstream.decode(data.decode(errors="replace"))
    except jetstream.DamagedEventError as error:
        return str(error)
    if told.record is None:
        return told.operation or told.account or "the time"
    post = parse_record(told.record, told.did, told.key, told.time_us / 1e6)
    for found in Crawler(_Nowhere(), _hosts(), sleep=lambda _: None).look(post):
        if isinstance(found, Skipped):
            assert not found.reason.startswith("error:"), found.reason
            return found.reason.partition(":")[0]
        assert decode_candidate(encode_candidate(found)) == found
    return "candidates"


def document(data: bytes) -> str:
    """The document of a DID, to the server that it names."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(fields, dict):
        return "not an object"
    server = server_of(fields, str(fields.get("id")))
    assert server.startswith("https://")
    return "server"


def message(data: bytes) -> str:
    """The queue's message."""
    candidate = decode_candidate(data.decode(errors="surrogateescape"))
    assert decode_candidate(encode_candidate(candidate)) == candidate
    return "candidate"


def bundle(data: bytes) -> str:
    """A bundle's manifest."""
    (_folder() / manifest.FILE_NAME).write_bytes(data)
    manifest.read(_folder())
    return "manifest"


TARGETS: Mapping[str, tuple[Target, Callable[[], list[bytes]]]] = {
    "image": (image, seeds.images),
    "url": (url, seeds.links),
    "host": (host, seeds.links),
    "post": (post, seeds.posts),
    "event": (event, seeds.events),
    "document": (document, seeds.documents),
    "message": (message, seeds.messages),
    "bundle": (bundle, seeds.manifests),
}


def outcome(target: Target, data: bytes) -> str:
    """The target's word, or the first word of its refusal."""
    try:
        return target(data)
    except (InvalidMessageError, BundleError):
        return "invalid"
    except PermanentError as error:
        return str(error).partition(":")[0][:24]


class _Nowhere:
    """A web on which everything is gone."""

    def fetch(
        self, url: str, *, accept: str, max_bytes: int, headers: Mapping[str, str] | None = None, **_: object
    ) -> Fetched:
        del accept, max_bytes, headers
        raise PermanentError(f"gone: {url}")


@cache
def _hosts() -> Hosts:
    return Hosts.found()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="bowerbird-fuzz-"))
