from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import BowerbirdError, OptedOutError, PermanentError
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import NoPictureError
from tests.fakes import FakeFetcher

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
CID = "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"
ORIGINAL = f"at://{DID}/xrpc/com.atproto.sync.getBlob?did={DID}&cid={CID}"
COPY = f"https://cdn.bsky.app/img/feed_fullsize/plain/{DID}/{CID}@jpeg"
POST = "https://bsky.app/profile/somebody.example.org/post/3k"
THREAD = (
    "https://public.api.bsky.app/xrpc/app.bsky.feed.getPostThread"
    "?uri=at%3A%2F%2Fsomebody.example.org%2Fapp.bsky.feed.post%2F3k&depth=0&parentHeight=0"
)
HOSTS = Hosts.found()


def view(**fields: Any) -> dict[str, Any]:
    image = {
        "alt": "",
        "image": {"ref": {"$link": CID}, "mimeType": "image/jpeg", "size": 900_000},
        "aspectRatio": {"width": 2000, "height": 1500},
    }
    record = {"text": "Dawn", "embed": {"$type": "app.bsky.embed.images", "images": [image]}}
    return {"uri": f"at://{DID}/app.bsky.feed.post/3k", "author": {"did": DID}, "record": record} | fields


def images(url: str, answer: object = None) -> list[tuple[str, ...]]:
    match = HOSTS.match(url)
    assert match is not None
    body = json.dumps(answer).encode()
    return [each.urls for each in HOSTS.images(match, FakeFetcher({THREAD: body} if answer else {}))]


@pytest.mark.parametrize(
    "url",
    [
        COPY,
        COPY.replace("feed_fullsize", "feed_thumbnail"),
        f"https://pds.example/xrpc/com.atproto.sync.getBlob?did={DID}&cid={CID}",
    ],
)
def test_any_copy_leads_to_the_original(url: str) -> None:
    assert images(url) == [(ORIGINAL, COPY)]


def test_a_posts_pictures_are_asked_of_the_appview() -> None:
    assert images(POST, {"thread": {"post": view()}}) == [(ORIGINAL, COPY)]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ({"thread": {"$type": "app.bsky.feed.defs#notFoundPost"}}, PermanentError, "no such post"),
        ([], PermanentError, "gone"),
        ({"thread": {"post": view(author={"did": "x"})}}, PermanentError, "no such post"),
        ({"thread": {"post": view(record={"text": "Dawn"})}}, NoPictureError, "shows no picture"),
        ({"thread": {"post": view(labels=[{"val": "porn"}])}}, NoPictureError, "adult"),
        (
            {"thread": {"post": view(author={"did": DID, "labels": [{"val": "!no-unauthenticated"}]})}},
            OptedOutError,
            "signed in",
        ),
    ],
)
def test_what_a_post_does_not_show_is_told(answer: object, kind: type[BowerbirdError], words: str) -> None:
    with pytest.raises(kind, match=words):
        images(POST, answer)


def test_a_label_that_was_taken_back_is_none() -> None:
    labels = [{"val": "porn", "neg": True}]
    assert images(POST, {"thread": {"post": view(labels=labels)}}) == [(ORIGINAL, COPY)]
