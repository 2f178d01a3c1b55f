import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.messages import Preview
from bowerbird.core.post import Post
from bowerbird.crawl.sources.feed import FeedSource
from tests.feeds import read_here
from tests.unit.crawl.sources.listings import Pages

URL = "https://pictures.example/feed"


def rss(items: str, channel: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule">'
        f"<channel><title>Pictures of the day</title>{channel}{items}</channel></rss>"
    ).encode()


def posts(body: bytes) -> list[Post]:
    return list(FeedSource(Pages({URL: body}).listing, URL, parse=read_here).posts())


def urls(post: Post) -> list[tuple[str, ...]]:
    return [each.urls for each in post.attachments]


def test_an_enclosure_is_the_picture() -> None:
    (post,) = posts(
        rss(
            "<item><guid>g-1</guid><title>Dawn</title><link>https://pictures.example/1</link>"
            "<author>a@b.example (Ann)</author><pubDate>Thu, 14 Nov 2024 22:13:46 GMT</pubDate>"
            "<creativeCommons:license>https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>"
            '<enclosure url="https://pictures.example/1.jpg" type="image/jpeg" length="1"/>'
            '<enclosure url="https://pictures.example/1.mp3" type="audio/mpeg" length="1"/>'
            '<description>&lt;img src="https://pictures.example/small.jpg"&gt;</description></item>'
        )
    )
    assert urls(post) == [("https://pictures.example/1.jpg",)]
    assert post.link == "https://pictures.example/1"
    submission = post.submission
    assert submission.source == f"feed:{URL}"
    assert submission.id == "g-1"
    assert submission.community == "Pictures of the day"
    assert submission.title == "Dawn"
    assert submission.created_utc == 1731622426.0
    assert submission.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_media_rss_copies_of_one_picture_are_one_with_previews() -> None:
    (post,) = posts(
        rss(
            "<item><guid>g</guid><media:group>"
            '<media:content url="https://p.example/s.jpg" medium="image" width="140" height="93"/>'
            '<media:content url="https://p.example/l.jpg" medium="image" width="4200" height="2800"/>'
            '<media:content url="https://p.example/m.jpg" medium="image" width="460" height="307"/>'
            "</media:group></item>"
        )
    )
    (picture,) = post.attachments
    assert picture.urls == ("https://p.example/l.jpg",)
    assert (picture.width, picture.height) == (4200, 2800)
    assert picture.previews == (
        Preview("https://p.example/s.jpg", 140, 93),
        Preview("https://p.example/m.jpg", 460, 307),
    )


@pytest.mark.parametrize("second", ['width="3000" height="2000"', 'width="2000" height="3000"', ""])
def test_media_rss_pictures_that_may_differ_stay_apart(second: str) -> None:
    (post,) = posts(
        rss(
            "<item><guid>g</guid>"
            '<media:content url="https://p.example/a.jpg" medium="image" width="3000" height="2000"/>'
            f'<media:content url="https://p.example/b.jpg" type="image/png" {second}/>'
            '<media:content url="https://p.example/c.mp4" medium="video"/></item>'
        )
    )
    assert urls(post) == [("https://p.example/a.jpg",), ("https://p.example/b.jpg",)]


def test_pictures_in_the_text_are_taken_when_nothing_is_attached() -> None:
    (post,) = posts(
        rss(
            "<item><guid>g</guid><link>https://pictures.example/posts/1</link><description>"
            '&lt;p&gt;&lt;img src="/a.jpg" width="600"&gt;&lt;img src="https://p.example/b.png"&gt;'
            '&lt;img src="https://count.example/x.gif" width="1" height="1"&gt;&lt;/p&gt;'
            '&lt;img src="javascript:alert(1)"&gt;&lt;img&gt;</description></item>'
        )
    )
    assert urls(post) == [("https://pictures.example/a.jpg",), ("https://p.example/b.png",)]
    assert [each.width for each in post.attachments] == [None, None]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            '<enclosure url="/4.jpg" type="image/jpeg"/><description>&lt;img src="/4b.jpg"&gt;</description>',
            [("https://pictures.example/4.jpg",)],
        ),
        (
            (
                '<enclosure url="file:///4.jpg" type="image/jpeg"/>'
                '<description>&lt;img src="/4b.jpg"&gt;</description>'
            ),
            [("https://pictures.example/4b.jpg",)],
        ),
        ('<enclosure url="/5.jpg" type=""/>', [("https://pictures.example/5.jpg",)]),
        (
            '<enclosure url="/5.jpg" type="application/octet-stream"/>',
            [("https://pictures.example/5.jpg",)],
        ),
        (
            '<media:content url="/show?id=6"/><description>&lt;img src="/6.jpg"&gt;</description>',
            [("https://pictures.example/6.jpg",)],
        ),
        ('<media:content url="/show?id=6"/>', [("https://pictures.example/show?id=6",)]),
        ('<media:thumbnail url="/t.jpg"/>', [("https://pictures.example/t.jpg",)]),
        (
            '<media:thumbnail url="/t.jpg"/><description>&lt;img src="/6.jpg"&gt;</description>',
            [("https://pictures.example/6.jpg",)],
        ),
        (
            (
                '<description>&lt;img src="/7.jpg"&gt;</description>'
                '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
                "&lt;p&gt;text&lt;/p&gt;</content:encoded>"
            ),
            [("https://pictures.example/7.jpg",)],
        ),
        (
            '<description>&lt;img src="/s.jpg" srcset="/s.jpg 300w, /l.jpg 2400w"&gt;</description>',
            [("https://pictures.example/l.jpg", "https://pictures.example/s.jpg")],
        ),
    ],
)
def test_pictures_are_found_wherever_an_entry_has_them(item: str, expected: list[tuple[str, ...]]) -> None:
    (post,) = posts(rss(f"<item><guid>g</guid><link>https://pictures.example/posts/1</link>{item}</item>"))
    assert urls(post) == expected
    assert all(each.linked for each in post.attachments)


def test_smaller_copies_of_a_text_are_previews() -> None:
    text = '&lt;img src="/s.jpg" srcset="/s.jpg 300w, /m.jpg 800w, /l.jpg 2400w" width="3" height="2"&gt;'
    (post,) = posts(rss(f"<item><guid>g</guid><description>{text}</description></item>"))
    (picture,) = post.attachments
    assert picture.previews == (
        Preview("https://pictures.example/s.jpg", 300, 200),
        Preview("https://pictures.example/m.jpg", 800, 533),
    )
    assert (picture.width, picture.height) == (None, None)


def test_atom_without_pictures_keeps_its_link() -> None:
    body = (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>e</id>'
        '<link href="https://flickr.com/photos/a/1"/><title>x</title></entry></feed>'
    )
    (post,) = posts(body.encode())
    assert post.attachments == ()
    assert post.link == "https://flickr.com/photos/a/1"
    assert post.submission.created_utc is None


def test_an_entry_that_cannot_be_read_is_a_post_that_says_so() -> None:
    bad, good = posts(rss("<item><guid>1</guid><title>&#x110000;</title></item><item><guid>2</guid></item>"))
    assert bad.unreadable == "ValueError"
    assert (good.unreadable, good.submission.id) == (None, "2")


def test_the_feed_is_read_in_a_process_of_its_own() -> None:
    source = FeedSource(Pages({URL: rss("<item><guid>g</guid></item>")}).listing, URL)
    assert [post.submission.id for post in source.posts()] == ["g"]


def test_an_adult_entry_says_so() -> None:
    items = "<item><guid>g</guid><media:rating>adult</media:rating></item>"
    assert [post.over_18 for post in posts(rss(items))] == [True]


def test_a_path_in_place_of_a_feed_opens_no_file() -> None:
    with pytest.raises(SourceUnreachableError, match=r"half an answer \(not a feed\)"):
        posts(b"/etc/hostname")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "pictures.example", "https://u:p@h.example/"])
def test_what_is_no_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match="write feed:https"):
        FeedSource(Pages({}).listing, url)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_hostile_items_never_break_out(text: str) -> None:
    body = rss(f"<item><guid>g</guid>{text}</item>").decode().encode("utf-8", "replace")
    try:
        found = posts(body)
    except SourceUnreachableError:
        return
    assert all(url.startswith("http") for post in found for each in post.attachments for url in each.urls)
