"""Hashtags of a Mastodon instance."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.messages import Preview
from bowerbird.core.post import Post
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.mastodon import MastodonSource
from bowerbird.crawl.sources.mastodon_account import MastodonAccount
from tests.fakes import FakeFetcher
from tests.unit.crawl.sources.listings import Pages

API = "https://m.example/api/v1"
PUBLIC = f"{API}/timelines/public?only_media=true&limit=40"
TAG = f"{API}/timelines/tag/nature?only_media=true&limit=40"
FILES = "https://files.m.example/media_attachments/files/111/222"


def media(**fields: Any) -> dict[str, Any]:
    return {
        "id": "77",
        "type": "image",
        "url": f"{FILES}/original/a.jpeg",
        "preview_url": f"{FILES}/small/a.jpeg",
        "remote_url": "https://far.example/a.jpeg",
        "meta": {"original": {"width": 3840, "height": 2160}, "small": {"width": 640, "height": 360}},
        "description": "Fog over a lake",
    } | fields


def status(number: int = 9, *attached: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": f"2026-11-01T10:00:{number:02}.000Z",
        "sensitive": False,
        "language": "en",
        "url": f"https://far.example/@ann/{number}",
        "content": "<p>Dawn &amp; fog <a href='#'>#<span>nature</span></a></p>",
        "account": {"acct": "ann@far.example"},
        "tags": [{"name": "nature"}],
        "media_attachments": list(attached or (media(),)),
    } | fields


def page(*statuses: object) -> bytes:
    return json.dumps(statuses).encode()


def only(*statuses: object) -> Post:
    (post,) = MastodonSource(Pages({PUBLIC: page(*statuses)}, requests=1).listing, "m.example").posts()
    return post


def test_a_status_is_a_post() -> None:
    post = only(status())
    (picture,) = post.attachments
    assert picture.urls == ("https://far.example/a.jpeg", f"{FILES}/original/a.jpeg")
    assert picture.previews == (Preview(f"{FILES}/small/a.jpeg", 640, 360),)
    assert (picture.width, picture.height, picture.alt) == (3840, 2160, "Fog over a lake")
    assert picture.linked
    submission = post.submission
    assert submission.source == "mastodon:m.example"
    assert submission.id == "9"
    assert submission.author == "ann@far.example"
    assert submission.title == "Dawn & fog # nature"
    assert submission.permalink == "https://far.example/@ann/9"
    assert submission.created_utc == 1793527209.0
    assert (submission.languages, submission.tags) == (("en",), ("nature",))
    assert not any((post.over_18, post.is_self, post.is_video))


@pytest.mark.parametrize(
    ("value", "attribute", "expected"),
    [
        (status(sensitive=True), "over_18", True),
        (status(9, media(type="gifv")), "is_video", True),
        (status(9, media(type="video"), media()), "is_video", False),
        (status(media_attachments=[]), "is_self", True),
        (status(9, media(type="unknown", url=None)), "is_self", False),
        (status(9, media(type="unknown", url=None, remote_url="https://far.example/a.mp3")), "is_self", True),
    ],
)
def test_what_the_rules_need_is_read(value: dict[str, Any], attribute: str, expected: object) -> None:
    assert getattr(only(value), attribute) == expected


@pytest.mark.parametrize("broken", [None, 5, {}, {"id": 7}, {"id": "a/b"}, []])
def test_statuses_that_are_none_are_left_out(broken: object) -> None:
    assert only(status(), broken).submission.id == "9"


@pytest.mark.parametrize(
    "fields",
    [
        {
            "media_attachments": [
                None,
                5,
                {"id": "1", "type": "image"},
                {"type": "image", "url": "https://x.example/"},
            ]
        },
        {
            "account": None,
            "tags": [None, {"name": 5}],
            "content": 7,
            "created_at": "yesterday",
            "language": "<x>",
        },
    ],
)
def test_fields_of_another_kind_cost_only_themselves(fields: dict[str, Any]) -> None:
    assert only(status(**fields)).unreadable is None


def test_hashtags_are_merged_newest_first_and_paged_by_the_oldest() -> None:
    pages = Pages(
        {
            TAG: page(status(9), status(5)),
            f"{TAG}&max_id=5": page(),
            TAG.replace("nature", "%C3%A4rt"): page(status(7)),
            f"{TAG.replace('nature', '%C3%A4rt')}&max_id=7": page(),
        }
    )
    posts = list(MastodonSource(pages.listing, "m.example", ("#nature", "ärt")).posts())
    assert [(post.submission.id, post.submission.community) for post in posts] == [
        ("9", "nature"),
        ("7", "ärt"),
        ("5", "nature"),
    ]


def test_an_instance_that_shows_one_page_for_ever_is_asked_twice() -> None:
    same = page(status(9), status(8))
    pages = Pages({PUBLIC: same, f"{PUBLIC}&max_id=8": same}, requests=9)
    assert {post.submission.id for post in MastodonSource(pages.listing, "m.example").posts()} == {"9", "8"}
    assert len(pages.asked) == 2


def test_posts_are_looked_up_one_by_one() -> None:
    pages = Pages({f"{API}/statuses/9": json.dumps(status(9, sensitive=True)).encode()})
    source = MastodonSource(pages.listing, "m.example")
    assert [(post.submission.id, post.over_18) for post in source.by_id(["9", "8"])] == [("9", True)]
    assert source.finds("mastodon:m.example", "9")
    assert not source.finds("mastodon:other.example", "9")


@pytest.mark.parametrize("instance", ["https://m.example", "m.example/x", "a b"])
def test_what_is_no_instance_is_wrong_usage(instance: str) -> None:
    with pytest.raises(UsageError, match=r"not an instance's name; write mastodon:mastodon.social"):
        open_source(f"mastodon:{instance}", Context(fetcher=FakeFetcher({})))


def test_what_is_no_hashtag_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"no hashtag: write photography"):
        MastodonSource(Pages({}).listing, "m.example", ("two words",))


def test_an_answer_without_posts_is_not_empty() -> None:
    with pytest.raises(SourceUnreachableError):
        list(MastodonSource(Pages({PUBLIC: b'{"error": "x"}'}).listing, "m.example").posts())


@pytest.mark.parametrize(
    ("instance", "headers"), [("M.example", {"Authorization": "Bearer the-token"}), ("other.example", {})]
)
def test_a_token_is_shown_to_its_own_instance_alone(instance: str, headers: dict[str, str]) -> None:
    fetcher = FakeFetcher({f"https://{instance}/api/v1/timelines/public?only_media=true&limit=40": page()})
    account = MastodonAccount("m.example", "the-token")
    list(open_source(f"mastodon:{instance}", Context(fetcher=fetcher, mastodon=account)).posts())
    assert list(fetcher.headers.values()) == [headers]
    assert "the-token" not in repr(account)
