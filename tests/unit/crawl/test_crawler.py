"""Posts become candidates, or say why not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult

import pytest

from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.messages import Candidate, Preview, Submission, decode_candidate, encode_candidate
from bowerbird.core.ports import Fetcher
from bowerbird.core.post import Attachment, Post
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import Image, Match, NoPictureError
from bowerbird.crawl.sources.reddit_post import parse_post
from tests.unit.crawl.fakes import FakeFetcher, FakeSource, NoNetwork
from tests.unit.crawl.shapes import gallery, media, preview, submission


@dataclass
class Rule:
    """A host of the test's own: answers in order."""

    answers: list[tuple[Image, ...] | Exception]
    kind: str = "page"
    host: str = "test"
    priority: int = 1
    asked: int = 0

    def match(self, url: SplitResult) -> Match | None:
        return Match(self.host, self.kind, "x1", url.geturl()) if url.hostname == "test.example" else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        del match, fetcher
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Naps:
    """A clock that only takes notes."""

    taken: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def crawl(
    data: dict[str, Any], rule: Rule | None = None, naps: Naps | None = None
) -> list[Candidate | Skipped]:
    hosts = Hosts((rule,)) if rule else Hosts.found()
    source = FakeSource([parse_post(data, source="reddit")])
    found = list(Crawler(NoNetwork(), hosts, naps or Naps()).crawl(source))
    for each in found:
        if isinstance(each, Candidate):
            assert decode_candidate(encode_candidate(each)) == each
    return found


def linked(**fields: Any) -> dict[str, Any]:
    """A post that links to the test's own host."""
    return submission(url="https://test.example/p", **fields)


def only(found: Sequence[Candidate | Skipped]) -> Candidate:
    (each,) = found
    assert isinstance(each, Candidate)
    return each


IMAGE = Image("x1", ("https://test.example/x1.jpg",))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"over_18": True}, "over-18"),
        ({"is_video": True}, "video"),
        ({"removed_by_category": "moderator"}, "removed: moderator"),
        ({"removed_by_category": "deleted", "over_18": True}, "removed: deleted"),
        ({"is_self": True}, "text-only"),
        ({"url": None}, "no-link"),
        ({"url": "https://example.org/story"}, "no-rule: example.org"),
        ({"url": "https://i.redd.it/abc.gif"}, "animation: reddit"),
        ({"url": "https://v.redd.it/abc"}, "video: reddit"),
        ({"url": "https://i.imgur.com/QhVg5yl.gifv"}, "video: imgur"),
        (
            {"url": "https://redd.it/abc12"},
            "no-picture: reddit: it links to another submission, which has its own candidates",
        ),
        (
            {"url": "https://www.reddit.com/gallery/other"},
            "no-lookup: reddit: this source does not show what a gallery holds; reddit and arctic-shift do",
        ),
    ],
)
def test_a_submission_that_gives_none_says_why(fields: dict[str, Any], reason: str) -> None:
    assert crawl(submission(**fields)) == [Skipped("t3_abc12", Reason.parse(reason))]


def test_a_reddit_picture_with_its_previews() -> None:
    candidate = only(crawl(submission(preview=preview())))
    assert candidate.id == "t3_abc12/z5mux8w0bgx21"
    assert candidate.urls == (
        "https://i.redd.it/z5mux8w0bgx21.jpg",
        "https://preview.redd.it/z5mux8w0bgx21.jpg?auto=webp&s=full",
    )
    assert [each.width for each in candidate.previews] == [108, 320, 3000]
    assert (candidate.width, candidate.height) == (3000, 2000)
    assert candidate.host == "reddit"
    assert candidate.submission.community == "EarthPorn"


def test_a_gallery_is_one_candidate_a_picture_in_order() -> None:
    found = crawl(gallery("bbb", "aaa"))
    assert [each.id for each in found if isinstance(each, Candidate)] == ["t3_abc12/bbb", "t3_abc12/aaa"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gallery("aaa", "bbb", media_metadata={"aaa": {"status": "unprocessed"}}), "pending: … ready: 2"),
        (submission(url="https://www.reddit.com/gallery/abc12"), "pending: … ready: 1"),
        (gallery("aaa", media_metadata={"aaa": media("aaa", e="AnimatedImage")}), "animation: …"),
        (gallery("aaa", media_metadata={"aaa": media("aaa", e="RedditVideo")}), "video: …"),
        (gallery("aaa", media_metadata=None, removed_by_category="deleted"), "removed: deleted"),
        (gallery("aaa", media_metadata=None, over_18=True), "over-18"),
    ],
)
def test_a_gallery_without_a_picture_says_what_it_is(data: dict[str, Any], reason: str) -> None:
    told = reason.replace("… ready", "pictures that the site has not made ready")
    told = told.replace("…", "the gallery holds no still picture")
    assert crawl(data) == [Skipped("t3_abc12", Reason.parse(told))]


def test_what_nobody_looks_at_again_is_never_ready() -> None:
    post = parse_post(gallery("aaa", media_metadata={"aaa": {"status": "failed"}}), source="reddit")
    (found,) = Crawler(NoNetwork()).look(replace(post, final=True))
    assert found == Skipped(
        "t3_abc12", Reason(Word.NEVER_READY, "pictures that the site has not made ready: 1")
    )


def test_a_picture_that_is_ready_does_not_wait_for_the_others() -> None:
    half = gallery("aaa", "bbb", media_metadata={"aaa": {"status": "failed"}, "bbb": media("bbb")})
    assert only(crawl(half)).id == "t3_abc12/bbb"


def test_a_crosspost_and_its_parent_are_different_candidates() -> None:
    parent = gallery("aaa")
    crosspost = submission(id="xyz", name="t3_xyz", url="/gallery/abc12", crosspost_parent_list=[parent])
    assert only(crawl(crosspost)).id == "t3_xyz/aaa"


def test_the_listings_size_is_declared_for_a_link_to_the_very_file_only() -> None:
    shown = linked(preview=preview("external-preview.redd.it"))
    page = only(crawl(shown, Rule([(IMAGE,)], kind="page")))
    file = only(crawl(shown, Rule([(IMAGE,)], kind="image")))
    assert (page.width, page.height) == (None, None)
    assert (file.width, file.height) == (3000, 2000)


def test_what_the_host_declares_comes_first() -> None:
    shown = linked(preview=preview("external-preview.redd.it"))
    rule = Rule([(Image("x1", IMAGE.urls, (), 5000, 4000),)], kind="image")
    candidate = only(crawl(shown, rule))
    assert (candidate.width, candidate.height) == (5000, 4000)


def test_small_copies_of_the_host_stand_beside_those_of_the_listing() -> None:
    """Either may have the one that is just large enough for a first look."""
    own = (Preview("https://test.example/s.jpg", 240, 160), Preview("https://test.example/m.jpg", 900, 600))
    shown = linked(preview=preview("external-preview.redd.it"))
    candidate = only(crawl(shown, Rule([(Image("x1", IMAGE.urls, own),)])))
    assert [each.width for each in candidate.previews] == [108, 240, 320, 900, 3000]


def test_an_album_takes_no_preview_for_there_is_one_for_all() -> None:
    rule = Rule([(IMAGE, Image("x2", ("https://test.example/x2.jpg",)))])
    found = crawl(linked(preview=preview("external-preview.redd.it")), rule)
    assert [(each.id, each.previews) for each in found if isinstance(each, Candidate)] == [
        ("t3_abc12/x1", ()),
        ("t3_abc12/x2", ()),
    ]


def test_a_picture_that_an_album_shows_twice_is_one_candidate() -> None:
    rule = Rule([(IMAGE, IMAGE, Image("x2", IMAGE.urls))])
    assert only(crawl(linked(), rule)).id == "t3_abc12/x1"


def test_when_the_host_is_gone_the_signed_preview_stands_in() -> None:
    rule = Rule([PermanentError("404", Word.GONE)])
    candidate = only(crawl(linked(preview=preview("external-preview.redd.it")), rule))
    assert candidate.id == "t3_abc12/x1"
    assert candidate.urls == ("https://external-preview.redd.it/z5mux8w0bgx21.jpg?auto=webp&s=full",)
    assert (candidate.width, candidate.height) == (3000, 2000)
    assert rule.asked == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            OptedOutError("test.example asks noai", Word.OPTED_OUT),
            "opted-out: test: test.example asks noai",
        ),
        (NoPictureError("it is a video"), "no-picture: test: it is a video"),
        (RetryableError("429", Word.BUSY), "host-unavailable: test: busy: 429"),
        (ZeroDivisionError(), "error: ZeroDivisionError"),
    ],
)
def test_the_preview_does_not_stand_in_for(error: Exception, reason: str) -> None:
    rule = Rule([error])
    assert crawl(linked(preview=preview("external-preview.redd.it")), rule) == [
        Skipped("t3_abc12", Reason.parse(reason))
    ]


def test_a_post_on_which_looking_fails_costs_no_other() -> None:
    poisoned = Post(Submission("test", "bad"), attachments=(Attachment("x", (), "test"),))
    unreadable = Post(Submission("test", "worse"), unreadable="AssertionError")
    good = Post(Submission("test", "good"), link="https://test.example/p")
    source = FakeSource([poisoned, unreadable, good])
    bad, worse, *rest = Crawler(NoNetwork(), Hosts((Rule([(IMAGE,)]),)), Naps()).crawl(source)
    assert bad == Skipped("bad", Reason(Word.ERROR, "IndexError"))
    assert worse == Skipped("worse", Reason(Word.ERROR, "AssertionError"))
    assert only(rest).id == "good/x1"


@pytest.mark.parametrize(
    "image",
    [Image("x", ("https://a.example/\ud800",)), Image("x", IMAGE.urls, (), 10**7, 1), Image("x", ("",))],
)
def test_what_the_queue_would_not_carry_is_no_candidate(image: Image) -> None:
    (found,) = crawl(linked(), Rule([(image,)]))
    assert isinstance(found, Skipped)
    assert found.reason.word is Word.UNSOUND
    assert found.reason.detail


def test_a_rule_that_shows_nothing_is_named() -> None:
    assert crawl(linked(), Rule([()])) == [Skipped("t3_abc12", Reason(Word.NO_PICTURE, "test"))]


def test_a_busy_host_is_asked_again_after_a_pause() -> None:
    rule, naps = Rule([RetryableError("busy"), RetryableError("busy", retry_after_s=4.0), (IMAGE,)]), Naps()
    assert only(crawl(linked(), rule, naps)).urls == IMAGE.urls
    assert naps.taken == [1.0, 4.0]


def test_a_host_that_wants_a_long_pause_is_left_alone() -> None:
    rule, naps = Rule([RetryableError("busy", retry_after_s=3600.0)]), Naps()
    assert crawl(linked(), rule, naps) == [Skipped("t3_abc12", Reason(Word.HOST_UNAVAILABLE, "test: busy"))]
    assert (rule.asked, naps.taken) == (1, [])


def test_the_same_number_at_two_instances_is_two_candidates() -> None:
    post = parse_post(submission(), source="replay")
    found = [
        only(list(Crawler(NoNetwork()).look(replace(post, submission=Submission(source, "7")))))
        for source in ("lemmy:a.example", "lemmy:b.example")
    ]
    assert [each.id for each in found] == [
        "lemmy:a.example/7/z5mux8w0bgx21",
        "lemmy:b.example/7/z5mux8w0bgx21",
    ]


def test_a_long_id_is_hashed_and_stays_stable() -> None:
    rule = Rule([(Image("x" * 600, IMAGE.urls),)])
    first, second = only(crawl(linked(), rule)), only(crawl(linked(), rule))
    assert first.id == second.id
    assert len(first.id) == 64


def test_more_than_a_message_takes_is_cut_to_the_best() -> None:
    many = tuple(f"https://test.example/{number}.jpg" for number in range(30))
    candidate = only(crawl(linked(), Rule([(Image("x1", many),)])))
    assert candidate.urls == many[:8]


def test_one_bad_host_costs_one_post() -> None:
    page = b'<meta property="og:image" content="https://i.imgur.com/7xAFPmc.jpg">'
    fetcher = FakeFetcher({"https://imgur.com/7xAFPmc": [page]})
    posts = [
        parse_post(submission(id=name, name=f"t3_{name}", url=f"https://imgur.com/{media}"), source="reddit")
        for name, media in (("a", "AAAAAAA"), ("b", "7xAFPmc"))
    ]
    found = list(Crawler(fetcher, Hosts.found(), Naps()).crawl(FakeSource(posts)))
    assert found[0] == Skipped("t3_a", Reason(Word.GONE, "imgur: nothing is there"))
    assert only(found[1:]).urls == ("https://i.imgur.com/7xAFPmc.jpg",)
    assert json.loads(encode_candidate(only(found[1:])))["version"] == 1


def test_a_post_gives_what_it_is_about_first_and_then_what_its_text_shows() -> None:
    text = {"selftext": "and https://i.redd.it/bbb.png", "media_metadata": {"aaa": media("aaa")}}
    found = crawl(submission(post_hint="image", **text))
    assert [ids(each) for each in found] == ["t3_abc12/z5mux8w0bgx21", "t3_abc12/aaa", "t3_abc12/bbb"]


def test_a_picture_that_is_linked_and_embedded_comes_once() -> None:
    own = media("z5mux8w0bgx21")
    found = crawl(submission(post_hint="image", media_metadata={"z5mux8w0bgx21": own}))
    assert [ids(each) for each in found] == ["t3_abc12/z5mux8w0bgx21"]


def test_a_text_that_links_to_pictures_is_more_than_text() -> None:
    text = (
        "[lake](https://i.imgur.com/AbCdEfG.jpg) https://site.example/essay https://v.redd.it/abc "
        "https://preview.redd.it/ccc.jpg?width=9&amp;s=1"
    )
    found = crawl(submission(is_self=True, selftext=text))
    assert [ids(each) for each in found] == ["t3_abc12/AbCdEfG", "t3_abc12/ccc"]
    assert isinstance(found[1], Candidate)
    assert found[1].urls == ("https://i.redd.it/ccc.jpg", "https://preview.redd.it/ccc.jpg?width=9&s=1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "text-only"),
        ("https://site.example/essay", "text-only"),
        ("https://www.reddit.com/r/pics/comments/abc12/x/", "text-only"),
        ("https://v.redd.it/abc", "video: reddit"),
        ("https://test.example/a https://site.example/b", "gone: test: 404"),
    ],
)
def test_a_text_without_pictures_says_why(text: str, reason: str) -> None:
    rule = Rule([PermanentError("404", Word.GONE)]) if "test.example" in text else None
    assert [*map(ids, crawl(submission(is_self=True, selftext=text), rule))] == [reason]


def test_what_the_site_calls_a_picture_is_one_whatever_its_link_looks_like() -> None:
    link = "https://cdn.site.example/render?id=7"
    (found,) = crawl(submission(url=link, post_hint="image", preview=preview("external-preview.redd.it")))
    assert isinstance(found, Candidate)
    assert found.urls[0] == link
    assert (found.host, found.width, found.height) == ("cdn.site.example", 3000, 2000)
    assert [*map(ids, crawl(submission(url=link)))] == ["no-rule: cdn.site.example"]


def test_a_link_that_fails_does_not_cost_the_pictures_of_the_text() -> None:
    found = crawl(submission(url="https://site.example/page", media_metadata={"aaa": media("aaa")}))
    assert [ids(each) for each in found] == ["t3_abc12/aaa"]


def ids(found: Candidate | Skipped) -> str:
    return found.id if isinstance(found, Candidate) else str(found.reason)


def shown(*pictures: Attachment, **fields: Any) -> list[Candidate | Skipped]:
    post = Post(Submission("feed:x", "e1"), attachments=pictures, **fields)
    return list(Crawler(NoNetwork(), Hosts.found(), Naps()).look(post))


def named(url: str, *more: str, **fields: Any) -> Attachment:
    return Attachment("p1", (url, *more), "blog.example", linked=True, **fields)


@pytest.mark.parametrize(
    ("small", "original"),
    [
        ("https://i0.wp.com/b.example/1.jpg?w=300", "https://b.example/1.jpg"),
        (
            "https://b.example/wp-content/uploads/2024/1-300x200.jpg",
            "https://b.example/wp-content/uploads/2024/1.jpg",
        ),
        (
            "https://1.bp.blogspot.com/-abcdefg/abcdefghijk/s320/1.jpg",
            "https://1.bp.blogspot.com/-abcdefg/abcdefghijk/s0/1.jpg",
        ),
        ("https://i.imgur.com/AbCdEfGm.jpg", "https://i.imgur.com/AbCdEfG.jpg"),
        (
            "https://64.media.tumblr.com/tumblr_abcdefghij1qwerty_500.jpg",
            "https://64.media.tumblr.com/tumblr_abcdefghij1qwerty_1280.jpg",
        ),
    ],
)
def test_what_a_post_shows_goes_through_the_hosts_rules(small: str, original: str) -> None:
    candidate = only(shown(named(small, width=300, height=200)))
    assert candidate.urls[0] == original
    assert small in candidate.urls
    assert {"url": small, "width": 300, "height": 200} in [
        {"url": each.url, "width": each.width, "height": each.height} for each in candidate.previews
    ]
    assert (candidate.width, candidate.height) == (None, None)
    assert candidate.id == "feed:x/e1/p1"


def test_a_small_flickr_copy_has_its_page_asked_and_stands_in_where_that_fails() -> None:
    small = "https://live.staticflickr.com/65535/12345678901_0123456789_m.jpg"
    page = "https://www.flickr.com/photo.gne?id=12345678901"
    large = "https://live.staticflickr.com/65535/12345678901_abcdef0123_5k.jpg"
    post = Post(Submission("feed:x", "e1"), attachments=(named(small),))
    asked = Crawler(FakeFetcher({page: [f"<script>{large}".encode()]}), Hosts.found(), Naps())
    assert only(list(asked.look(post))).urls[:2] == (large, small)
    naps = Naps()
    down = Crawler(FakeFetcher({page: [RetryableError("busy")]}), Hosts.found(), naps)
    assert small in only(list(down.look(post))).urls
    assert naps.taken == []


def test_what_no_rule_knows_is_taken_as_it_is_shown() -> None:
    picture = named("https://b.example/show?id=1", "https://b.example/s?id=1", width=900, height=700)
    candidate = only(shown(picture))
    assert candidate.urls == ("https://b.example/show?id=1", "https://b.example/s?id=1")
    assert (candidate.width, candidate.height, candidate.host) == (900, 700, "b.example")


def test_a_picture_that_moves_costs_no_other() -> None:
    gif, still = (
        named("https://b.example/1.gif"),
        Attachment("p2", ("https://b.example/2.jpg",), "x", linked=True),
    )
    assert only(shown(gif, still)).urls == ("https://b.example/2.jpg",)
    (skipped,) = shown(gif)
    assert isinstance(skipped, Skipped)
    assert str(skipped.reason) == "animation: direct"


def test_two_copies_of_one_picture_are_one_candidate() -> None:
    copies = [
        Attachment(str(side), (f"https://i.imgur.com/AbCdEfG{side}.jpg",), "x", linked=True) for side in "ml"
    ]
    assert only(shown(*copies)).urls[0] == "https://i.imgur.com/AbCdEfG.jpg"


def test_a_host_that_asks_to_be_left_alone_is() -> None:
    post = Post(Submission("feed:x", "e1"), attachments=(named("https://test.example/p"),))
    rule = Rule([OptedOutError("test asks noai", Word.OPTED_OUT)])
    (skipped,) = Crawler(NoNetwork(), Hosts((rule,)), Naps()).look(post)
    assert isinstance(skipped, Skipped)
    assert str(skipped.reason) == "opted-out: test: test asks noai"


@pytest.mark.parametrize(
    ("link", "urls"),
    [
        ("https://photos.example/view", ("https://photos.example/view",)),
        ("https://photos.example/view.mp4", ("https://photos.example/view.mp4",)),
        (
            "https://l.example/api/v4/image/proxy?url=https%3A%2F%2Fphotos.example%2Fview",
            (
                "https://photos.example/view",
                "https://l.example/api/v4/image/proxy?url=https%3A%2F%2Fphotos.example%2Fview",
            ),
        ),
        (
            "https://l.example/api/v3/image_proxy?url=https%3A%2F%2Fi.imgur.com%2FAbCdEfG.jpg",
            (
                "https://i.imgur.com/AbCdEfG.jpg",
                "https://l.example/api/v3/image_proxy?url=https%3A%2F%2Fi.imgur.com%2FAbCdEfG.jpg",
            ),
        ),
    ],
)
def test_what_a_listing_calls_a_picture_is_one(link: str, urls: tuple[str, ...]) -> None:
    post = Post(Submission("lemmy:l.example", "1"), link=link, is_picture=True, width=4000, height=3000)
    candidate = only(list(Crawler(NoNetwork(), Hosts.found(), Naps()).look(post)))
    assert candidate.urls == urls
    assert (candidate.width, candidate.height) == (4000, 3000)


def test_a_page_that_is_gone_leaves_what_the_listing_calls_a_picture() -> None:
    post = Post(Submission("x", "1"), link="https://test.example/p", is_picture=True)
    hosts = Hosts((Rule([PermanentError("nothing there")]),))
    assert only(list(Crawler(NoNetwork(), hosts, Naps()).look(post))).urls == ("https://test.example/p",)
