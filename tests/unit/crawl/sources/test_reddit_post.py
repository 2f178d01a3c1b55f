"""One submission object becomes one post, whatever its shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import Candidate, decode_candidate, encode_candidate
from bowerbird.core.post import Post
from bowerbird.crawl.sources.reddit_post import parse_post
from tests.unit.crawl.shapes import gallery, media, preview, submission


def parse(data: object) -> Post:
    return parse_post(data, source="reddit")


def test_the_fields_the_sidecar_needs() -> None:
    told = parse(submission(title="Cats &amp; dogs &lt;3")).submission
    assert told.id == "t3_abc12"
    assert told.community == "EarthPorn"
    assert told.title == "Cats & dogs <3"
    assert told.permalink == "https://www.reddit.com/r/EarthPorn/comments/abc12/dawn/"
    assert told.created_utc == 1600000000.0


def test_a_gallery_is_in_the_authors_order_and_shows_originals() -> None:
    post = parse(gallery("bbb", "aaa", "ccc"))
    assert [each.id for each in post.attachments] == ["bbb", "aaa", "ccc"]
    first = post.attachments[0]
    assert first.urls == ("https://i.redd.it/bbb.jpg", "https://preview.redd.it/bbb.jpg?width=4000&s=full")
    assert (first.width, first.height) == (4000, 2000)
    assert [each.width for each in first.previews] == [108, 640]
    assert first.previews[0].url == "https://preview.redd.it/bbb.jpg?width=108&s=f108"


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        pytest.param({}, True, id="valid"),
        pytest.param({"status": "failed"}, False, id="failed"),
        pytest.param({"status": "unprocessed"}, False, id="unprocessed"),
        pytest.param({"e": "AnimatedImage", "m": "image/gif"}, False, id="animated"),
        pytest.param({"e": "RedditVideo"}, False, id="video"),
        pytest.param({"s": {}, "m": None}, False, id="no link at all"),
        pytest.param({"s": []}, True, id="id and type are enough"),
    ],
)
def test_only_valid_still_pictures_of_a_gallery(item: dict[str, Any], *, kept: bool) -> None:
    post = parse(gallery("aaa", media_metadata={"aaa": media("aaa") | item}))
    assert bool(post.attachments) is kept


def test_the_type_decides_the_extension() -> None:
    post = parse(gallery("aaa", media_metadata={"aaa": media("aaa", mime="image/png")}))
    assert post.attachments[0].urls[0] == "https://i.redd.it/aaa.png"


def test_a_picture_of_another_host_keeps_its_signed_link() -> None:
    signed = "https://external-preview.redd.it/aaa.png?width=9&s=x"
    post = parse(gallery("aaa", media_metadata={"aaa": media("aaa", s={"u": signed, "x": 9, "y": 9})}))
    assert post.attachments[0].urls == (signed,)


def test_a_repeated_gallery_item_counts_once() -> None:
    assert len(parse(gallery("aaa", "aaa")).attachments) == 1


def test_pictures_inside_a_text_are_attachments() -> None:
    text = submission(is_self=True, media_metadata={"aaa": media("aaa")})
    post = parse(text)
    assert [each.id for each in post.attachments] == ["aaa"]
    assert post.link is None


@pytest.mark.parametrize(
    ("items", "ready", "pending", "moving"),
    [
        ({"aaa": {"status": "failed"}, "bbb": {"status": "unprocessed"}}, 0, 2, None),
        ({"aaa": {"status": "failed"}, "bbb": media("bbb")}, 1, 1, None),
        ({"bbb": media("bbb")}, 1, 1, None),
        ({"aaa": {"status": "some-day-new"}, "bbb": {}}, 0, 2, None),
        ({"aaa": "nonsense", "bbb": {"status": "valid", "e": "Image"}}, 0, 2, None),
        ({"aaa": media("aaa", e="AnimatedImage"), "bbb": {"status": "failed"}}, 0, 1, "animation"),
        ({"aaa": media("aaa", e="AnimatedImage"), "bbb": media("bbb", e="AnimatedImage")}, 0, 0, "animation"),
        ({"aaa": media("aaa", e="RedditVideo"), "bbb": media("bbb")}, 1, 0, "video"),
        ({"aaa": media("aaa"), "bbb": media("bbb")}, 2, 0, None),
        ({}, 0, 2, None),
        (None, 0, 2, None),
    ],
)
def test_what_a_gallery_has_not_ready_is_counted(
    items: dict[str, Any] | None, ready: int, pending: int, moving: str | None
) -> None:
    post = parse(gallery("aaa", "bbb", media_metadata=items))
    assert (len(post.attachments), post.pending, post.moving) == (ready, pending, moving)
    assert post.removed is None


def test_without_the_order_of_its_items_a_gallery_counts_what_it_has() -> None:
    items = {"aaa": {"status": "failed"}, "bbb": media("bbb"), "ccc": {"status": "failed"}}
    post = parse(gallery("aaa", gallery_data=None, media_metadata=items))
    assert ([each.id for each in post.attachments], post.pending) == (["bbb"], 2)


@pytest.mark.parametrize(
    ("fields", "pending"),
    [
        ({"is_gallery": True}, 1),
        ({"url": "https://www.reddit.com/gallery/abc12"}, 1),
        ({"url": "https://www.reddit.com/gallery/other"}, 0),
        ({"is_self": True, "media_metadata": {"aaa": {"status": "unprocessed"}}}, 1),
        ({"is_self": True, "media_metadata": {"giphy|aaa": {"status": "unprocessed"}}}, 0),
        ({"media_metadata": {"aaa": {"status": "unprocessed"}}}, 0),
        ({}, 0),
    ],
)
def test_only_what_a_post_is_about_can_be_pending(fields: dict[str, Any], pending: int) -> None:
    assert parse(submission(**fields)).pending == pending


def test_a_crosspost_waits_for_its_parents_pictures() -> None:
    parent = gallery("aaa", "bbb", media_metadata={"aaa": {"status": "failed"}, "bbb": media("bbb")})
    post = parse(submission(id="xyz", name="t3_xyz", url="/gallery/abc12", crosspost_parent_list=[parent]))
    assert ([each.id for each in post.attachments], post.pending) == (["bbb"], 1)


def test_a_crosspost_shows_the_media_of_its_last_parent() -> None:
    wrong, right = gallery("aaa"), gallery("bbb", over_18=True)
    post = parse(submission(url="/gallery/abc12", crosspost_parent_list=[wrong, right]))
    assert [each.id for each in post.attachments] == ["bbb"]
    assert post.over_18
    assert post.submission.url == "https://www.reddit.com/gallery/abc12"


def test_a_crosspost_of_a_removed_post_is_removed() -> None:
    assert (
        parse(submission(crosspost_parent_list=[submission(removed_by_category="moderator")])).removed
        == "moderator"
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"removed_by_category": "copyright_takedown"}, "copyright_takedown"),
        ({"removed": True}, "moderator"),
        ({"selftext": "[deleted]"}, "deleted"),
        ({"selftext": "[removed]"}, "removed"),
        ({"author": "[deleted]"}, None),
        ({"removed_by_category": None, "removed": False}, None),
    ],
)
def test_a_removed_post_says_why(fields: dict[str, Any], reason: str | None) -> None:
    assert parse(submission(**fields)).removed == reason


@pytest.mark.parametrize(
    "fields", [{"is_video": True}, {"post_hint": "hosted:video"}, {"post_hint": "rich:video"}]
)
def test_videos_are_told(fields: dict[str, Any]) -> None:
    assert parse(submission(**fields)).is_video


def test_previews_go_from_small_to_full_size_and_keep_their_signature() -> None:
    post = parse(submission(preview=preview("external-preview.redd.it")))
    assert [each.width for each in post.previews] == [108, 320, 3000]
    assert post.previews[-1].url == "https://external-preview.redd.it/z5mux8w0bgx21.jpg?auto=webp&s=full"
    assert (post.width, post.height) == (3000, 2000)


def test_a_raw_link_keeps_its_parameters() -> None:
    url = "https://example.org/a.jpg?x=1&copy=2&lt=3"
    assert parse(submission(url=url)).link == url


def test_the_overriding_destination_wins() -> None:
    assert (
        parse(submission(url_overridden_by_dest="https://example.org/b.jpg")).link
        == "https://example.org/b.jpg"
    )


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "file:///etc/passwd", "http://u:p@h/a.jpg", 7, None]
)
def test_what_is_no_web_link_is_none(url: object) -> None:
    assert parse(submission(url=url)).link is None


@pytest.mark.parametrize("data", [None, 3, [], {}, {"id": 5}, {"id": "../x"}, {"name": "t1_abc"}])
def test_without_an_id_it_is_no_submission(data: object) -> None:
    with pytest.raises(InvalidMessageError, match="t3_abc123"):
        parse(data)


# Hypothesis' clock measures a busy machine, not the code.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just("valid")
    | st.just("https://h/a.jpg"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@_patient
@given(data=st.data())
def test_no_value_of_any_field_breaks_it(data: st.DataObject) -> None:
    whole = gallery("aaa", "bbb", preview=preview(), crosspost_parent_list=[gallery("ccc")])
    names = data.draw(st.lists(st.sampled_from(sorted(set(whole) - {"id", "name"})), max_size=4))
    hostile = whole | {name: data.draw(_anything, label=name) for name in names}
    post = parse(hostile)
    for each in post.attachments:
        candidate = Candidate(
            f"t3_abc12/{each.id}", each.urls, post.submission, each.previews, each.width, each.height
        )
        assert decode_candidate(encode_candidate(candidate)) == candidate


@_patient
@given(item=_anything, key=st.sampled_from(["status", "e", "m", "p", "s", "id"]))
def test_no_gallery_item_breaks_it(item: object, key: str) -> None:
    whole = parse(gallery("aaa", "bbb"))
    post = parse(
        gallery("aaa", "bbb", media_metadata={"aaa": media("aaa") | {key: item}, "bbb": media("bbb")})
    )
    assert post.attachments[-1] == whole.attachments[-1]


def test_the_same_object_escaped_or_raw_is_the_same_post() -> None:
    escaped = gallery("aaa", "bbb", preview=preview(), title="a &amp; b")
    raw = json.loads(json.dumps(escaped).replace("&amp;", "&"))
    assert parse(raw) == parse(escaped)


def test_a_picture_with_another_in_its_text_has_both() -> None:
    post = parse(submission(post_hint="image", selftext="look", media_metadata={"aaa": media("aaa")}))
    assert post.link == "https://i.redd.it/z5mux8w0bgx21.jpg"
    assert post.is_picture
    assert post.attachments == ()
    assert [each.id for each in post.text_pictures] == ["aaa"]


def test_links_in_a_text_are_kept_as_the_author_wrote_them() -> None:
    text = "https://preview.redd.it/a.jpg?width=9&amp;s=1 [x](https://imgur.com/a/AbCdEfG) /r/pics"
    post = parse(submission(is_self=True, selftext=text))
    assert post.text_links == ("https://preview.redd.it/a.jpg?width=9&s=1", "https://imgur.com/a/AbCdEfG")
    raw = parse(submission(is_self=True, selftext=text.replace("&amp;", "&")))
    assert raw.text_links == post.text_links


def test_of_the_text_beside_a_link_only_reddits_own_files_are_taken() -> None:
    post = parse(submission(selftext="https://i.redd.it/b.png, from https://www.flickr.com/photos/me/1"))
    assert post.text_links == ("https://i.redd.it/b.png",)


def test_a_crossposts_text_is_its_parents() -> None:
    parent = submission(is_self=True, selftext="https://i.imgur.com/AbCdEfG.jpg")
    post = parse(submission(selftext="", crosspost_parent_list=[parent]))
    assert post.text_links == ("https://i.imgur.com/AbCdEfG.jpg",)
