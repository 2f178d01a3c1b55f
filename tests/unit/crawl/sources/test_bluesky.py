from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.core.messages import Submission
from bowerbird.core.post import Committing, Lookup, Post, Removing, Telling
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.bluesky import parse_view
from tests.fakes import FakeFetcher

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"


class NoStreams:
    def open(self, url: str) -> Any:
        raise AssertionError(url)


def uri(number: int) -> str:
    return f"at://{DID}/app.bsky.feed.post/k{number}"


def view(number: int, **fields: Any) -> dict[str, Any]:
    return {"uri": uri(number), "author": {"did": DID}} | fields


def test_it_is_all_that_a_source_can_be() -> None:
    source = open_source("bluesky", Context(streams=NoStreams()))
    for kind in (Committing, Lookup, Removing, Telling):
        assert isinstance(source, kind)
    assert source.name == "bluesky"


@pytest.mark.parametrize(
    ("spec", "context", "words"),
    [
        ("bluesky", Context(), "reads from the network"),
        ("bluesky:https://x.example/y", Context(streams=NoStreams()), "not a host's name"),
        ("bluesky", Context(streams=NoStreams(), fill_gaps=True), "gaps cannot be filled"),
    ],
)
def test_what_cannot_be_opened_says_why(spec: str, context: Context, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_source(spec, context)


def test_posts_are_looked_up_twenty_five_at_a_time() -> None:
    asked: list[int] = []

    class AppView(FakeFetcher):
        def fetch(self, url: str, **options: Any) -> Any:
            asked.append(url.count("uris="))
            self.answers[url] = json.dumps({"posts": [view(len(asked)), view(999), None, 5]}).encode()
            return super().fetch(url, **options)

    source = open_source("bluesky", Context(streams=NoStreams(), fetcher=AppView({})))
    assert isinstance(source, Lookup)
    assert source.authoritative
    assert source.finds("bluesky", uri(1))
    assert not source.finds("reddit", "t3_a")
    found = list(source.by_id([uri(number) for number in range(60)]))
    assert asked == [25, 25, 10]
    assert [post.submission.id for post in found] == [uri(1), uri(2), uri(3)]


@pytest.mark.parametrize(
    ("fields", "removed"),
    [
        ({}, None),
        ({"labels": [{"val": "porn", "src": "did:plc:moderator"}]}, "over-18"),
        ({"labels": [{"val": "porn", "neg": True}, None, {"val": ["porn"]}]}, None),
        ({"author": {"did": DID, "labels": [{"val": "!no-unauthenticated"}]}}, "signed-in-only"),
    ],
)
def test_labels_given_since_take_a_post_back(fields: dict[str, Any], removed: str | None) -> None:
    assert parse_view(view(1, **fields)) == Post(Submission("bluesky", uri(1), author=DID), removed=removed)


@pytest.mark.parametrize("fields", [{"uri": 5}, {"author": None}, {"author": {"did": "nobody"}}])
def test_what_is_no_post_is_none(fields: dict[str, Any]) -> None:
    assert parse_view(view(1, **fields)) is None
