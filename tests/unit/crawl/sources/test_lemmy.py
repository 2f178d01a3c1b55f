import json
from typing import Any

import pytest

from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.messages import Preview
from bowerbird.core.post import Post
from bowerbird.crawl.sources.lemmy import V3, LemmySource
from bowerbird.crawl.sources.piefed import ALPHA
from tests.unit.crawl.sources.listings import Pages

LIST = "https://lemmy.example/api/v3/post/list"
FIRST = f"{LIST}?type_=All&sort=New&limit=50"
PICTURE = "https://lemmy.example/pictrs/image/a.jpeg"


def view(number: int = 7, image: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "post": {
            "id": number,
            "name": "Dawn",
            "url": PICTURE,
            "published": f"2024-11-14T22:{number:02}:46.123456Z",
            "nsfw": False,
            "deleted": False,
            "removed": False,
            "ap_id": f"https://other.example/post/{number}",
        }
        | fields,
        "creator": {"name": "ann", "actor_id": "https://other.example/u/ann"},
        "community": {"name": "earthporn", "actor_id": "https://other.example/c/earthporn", "nsfw": False},
    } | ({"image_details": image} if image else {})


def page(*views: object, cursor: str | None = None) -> bytes:
    return json.dumps({"posts": views, "next_page": cursor}).encode()


def only(*views: object) -> Post:
    (post,) = LemmySource(Pages({FIRST: page(*views)}, requests=1).listing, "lemmy.example").posts()
    return post


def test_a_view_is_a_post() -> None:
    post = only(view(image={"link": PICTURE, "width": 4000, "height": 3000}))
    assert post.link == PICTURE
    assert (post.width, post.height) == (4000, 3000)
    assert not any((post.over_18, post.is_self, post.is_video, post.removed))
    submission = post.submission
    assert submission.source == "lemmy:lemmy.example"
    assert submission.id == "7"
    assert submission.community == "earthporn@other.example"
    assert submission.author == "ann@other.example"
    assert submission.permalink == "https://other.example/post/7"
    assert submission.created_utc == 1731622066.123456


def test_the_size_of_a_thumbnail_is_not_taken_for_the_pictures() -> None:
    thumbnail = "https://lemmy.example/pictrs/image/t.webp"
    post = only(view(thumbnail_url=thumbnail, image={"link": thumbnail, "width": 256, "height": 192}))
    assert (post.width, post.height) == (None, None)
    assert post.previews == (Preview(thumbnail, 256, 192),)


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"nsfw": True}, "over_18", True),
        ({"deleted": True}, "removed", "deleted"),
        ({"removed": True}, "removed", "moderator"),
        ({"url_content_type": "video/mp4"}, "is_video", True),
        ({"url": None}, "is_self", True),
        ({"url": "gopher://x"}, "link", None),
    ],
)
def test_what_the_rules_need_is_read(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(only(view(**fields)), attribute) == value


def test_pictures_in_a_text_are_attached() -> None:
    body = f"Look: ![dawn]({PICTURE}) and ![](https://b.example/2.png) but [not](https://c.example/3.png)"
    post = only(view(url=None, body=body))
    assert [each.urls for each in post.attachments] == [(PICTURE,), ("https://b.example/2.png",)]
    assert not post.is_self


def test_it_follows_the_cursor() -> None:
    second = f"{FIRST}&page_cursor=Pa"
    pages = Pages(
        {FIRST: page(view(9), view(8), cursor="Pa"), second: page(view(7), cursor="Pb")}, requests=2
    )
    posts = list(LemmySource(pages.listing, "lemmy.example").posts())
    assert [post.submission.id for post in posts] == ["9", "8", "7"]
    assert pages.asked == [FIRST, second]


def test_posts_are_looked_up_one_by_one() -> None:
    one = LIST.removesuffix("/list")
    pages = Pages(
        {
            f"{one}?id=7": json.dumps({"post_view": view(7)}).encode(),
            f"{one}?id=9": json.dumps({"post_view": view(9, deleted=True)}).encode(),
        },
        requests=3,
    )
    source = LemmySource(pages.listing, "lemmy.example")
    assert [(post.submission.id, post.removed) for post in source.by_id(["7", "8", "9"])] == [
        ("7", None),
        ("9", "deleted"),
    ]
    assert pages.asked == [f"{one}?id={number}" for number in (7, 8, 9)]
    with pytest.raises(SourceUnreachableError, match="budget ended before all posts were asked for"):
        list(source.by_id(["7"]))


def test_an_instance_that_shows_one_page_for_ever_is_asked_twice() -> None:
    same = page(view(9), view(8), cursor="P")
    pages = Pages({FIRST: same, f"{FIRST}&page_cursor=P": same}, requests=9)
    posts = list(LemmySource(pages.listing, "lemmy.example").posts())
    assert {post.submission.id for post in posts} == {"9", "8"}
    assert len(pages.asked) == 2


def test_older_instances_number_their_pages_and_mean_utc() -> None:
    old = view(published="2023-06-12T12:00:00.5")
    pages = Pages({FIRST: page(old), f"{FIRST}&page=2": page()})
    (post,) = LemmySource(pages.listing, "lemmy.example").posts()
    assert post.submission.created_utc == 1686571200.5


def test_communities_are_merged_newest_first() -> None:
    pages = Pages(
        {
            f"{FIRST}&community_name=earthporn%40lemmy.world": page(view(9), view(5)),
            f"{FIRST}&community_name=pics": page(view(7), view(3)),
        },
        requests=2,
    )
    posts = LemmySource(pages.listing, "lemmy.example", ("earthporn@lemmy.world", "!pics")).posts()
    assert [post.submission.id for post in posts] == ["9", "7", "5", "3"]


@pytest.mark.parametrize("instance", ["", "https://lemmy.world", "lemmy.world/c/x", "a b", "user@host"])
def test_what_is_no_instance_is_wrong_usage(instance: str) -> None:
    with pytest.raises(UsageError, match="not an instance's name"):
        LemmySource(Pages({}).listing, instance)


def test_what_is_no_community_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no community: write earthporn"):
        LemmySource(Pages({}).listing, "lemmy.world", ("earth porn",))


@pytest.mark.parametrize("broken", [None, 5, {}, {"post": {"id": True}}, {"post": {"id": "7"}}, {"post": []}])
def test_views_that_are_none_are_left_out(broken: object) -> None:
    assert only(view(), broken).submission.id == "7"


def test_an_answer_without_posts_is_not_empty() -> None:
    with pytest.raises(SourceUnreachableError):
        list(LemmySource(Pages({FIRST: b'{"error": "not_found"}'}).listing, "lemmy.example").posts())


V4_LIST = "https://lemmy.example/api/v4/post/list?type_=all&sort=new&limit=50"


def newer(number: int) -> dict[str, Any]:
    """As version 4 has it."""
    old = view(number)
    post = {**old["post"], "published_at": old["post"]["published"]}
    del post["published"]
    home = {"name": "earthporn", "ap_id": "https://other.example/c/earthporn", "nsfw": False}
    return old | {
        "post": post,
        "community": home,
        "creator": {"name": "ann", "ap_id": "https://o.example/u/ann"},
    }


def test_an_instance_that_knows_version_4_alone_is_asked_by_it() -> None:
    pages = Pages(
        {
            V4_LIST: json.dumps({"items": [newer(9)], "next_page": "c2"}).encode(),
            f"{V4_LIST}&page_cursor=c2": json.dumps({"items": [newer(8)]}).encode(),
        }
    )
    posts = list(LemmySource(pages.listing, "lemmy.example").posts())
    assert [post.submission.id for post in posts] == ["9", "8"]
    assert posts[0].submission.community == "earthporn@other.example"
    assert posts[0].submission.author == "ann@o.example"
    assert posts[0].submission.created_utc == 1731622186.123456
    assert pages.asked == [FIRST, V4_LIST, f"{V4_LIST}&page_cursor=c2"]


def test_a_community_that_no_version_knows_is_told_by_the_first() -> None:
    source = LemmySource(Pages({}).listing, "lemmy.example", ("nowhere",))
    with pytest.raises(UsageError, match=r"nothing is at https://lemmy\.example/api/v3/post/list.*nowhere"):
        list(source.posts())


def test_piefed_is_asked_by_its_own_api() -> None:
    first = "https://pie.example/api/alpha/post/list?type_=All&sort=New&limit=50"
    old = view(7)
    named = {**old["post"], "title": old["post"]["name"]}
    del named["name"]
    answer = {
        "posts": [
            old | {"post": named, "creator": {"user_name": "ann", "actor_id": "https://pie.example/u/ann"}}
        ],
        "next_page": "2",
    }
    pages = Pages({first: json.dumps(answer).encode()}, requests=1)
    source = LemmySource(pages.listing, "pie.example", kind="piefed", versions=(ALPHA, V3))
    (post,) = source.posts()
    assert post.submission.source == "piefed:pie.example"
    assert post.submission.title == "Dawn"
    assert post.submission.author == "ann@pie.example"
    assert source.finds("piefed:pie.example", "7")
    assert not source.finds("lemmy:pie.example", "7")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"url_content_type": "image/jpeg"}, True),
        ({"url_content_type": "image/gif"}, False),
        ({"url_content_type": "text/html"}, False),
        ({"url_content_type": None}, False),
        ({"post_type": "Image"}, True),
    ],
)
def test_a_declared_type_is_believed(fields: dict[str, Any], expected: bool) -> None:
    assert only(view(**fields)).is_picture is expected


def test_links_of_a_text_may_hold_parentheses() -> None:
    body = (
        "![a](https://b.example/File:X_(Y).jpg) ![](<https://b.example/2.png>) "
        '![b](https://b.example/3.png "a title") ![c](https://b.example/4(a)(b).jpg)'
    )
    found = [each.urls[0] for each in only(view(url=None, body=body)).attachments]
    assert found == [
        "https://b.example/File:X_(Y).jpg",
        "https://b.example/2.png",
        "https://b.example/3.png",
        "https://b.example/4(a)(b).jpg",
    ]


@pytest.mark.parametrize("part", ["![", "![](https://", "![](https://a(", "![a](https://b(c)", "(", "![]( "])
def test_a_text_of_nothing_but_beginnings_ends(part: str) -> None:
    post = only(view(url=None, body=part * (400_000 // len(part))))
    assert len(post.attachments) <= 100
