from html import escape

import pytest

from bowerbird.crawl.sources.reddit_app import FeedToken
from bowerbird.crawl.sources.rss import RssSource
from bowerbird.net.limiter import Limit
from tests.feeds import read_here
from tests.unit.crawl.sources.listings import Pages

FIRST = "https://www.reddit.com/r/EarthPorn/new/.rss?limit=100"


def entry(name: str, link: str, text: str = "") -> str:
    permalink = f"https://www.reddit.com/r/EarthPorn/comments/{name}/dawn/"
    content = (
        f'{text} submitted by <a href="https://www.reddit.com/user/someone"> /u/someone </a> <br/> '
        f'<span><a href="{escape(link)}">[link]</a></span> <span><a href="{permalink}">[comments]</a></span>'
    )
    return (
        "<entry><author><name>/u/someone</name><uri>https://www.reddit.com/user/someone</uri></author>"
        f'<category term="EarthPorn" label="r/EarthPorn"/><content type="html">{escape(content)}</content>'
        f'<id>t3_{name}</id><media:thumbnail url="https://b.thumbs.redditmedia.com/x.jpg" />'
        f'<link href="{permalink}" /><updated>2024-11-14T22:13:46+00:00</updated>'
        "<published>2024-11-14T22:13:46+00:00</published><title>Dawn &amp; dusk</title></entry>"
    )


def feed(*entries: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/"><id>/r/EarthPorn/new/.rss</id><title>new</title>'
        f"{''.join(entries)}</feed>"
    ).encode()


def test_an_entry_is_a_post_with_what_the_feed_knows() -> None:
    link = "https://i.redd.it/a.jpg?x=1&y=2"
    pages = Pages({FIRST: feed(entry("abc12", link))}, requests=1)
    (post,) = RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts()
    assert post.link == link
    assert not post.is_self
    assert (post.previews, post.width, post.height, post.attachments) == ((), None, None, ())
    submission = post.submission
    assert submission.id == "t3_abc12"
    assert submission.community == "EarthPorn"
    assert submission.author == "someone"
    assert submission.title == "Dawn & dusk"
    assert submission.permalink == "https://www.reddit.com/r/EarthPorn/comments/abc12/dawn/"
    assert submission.created_utc == 1731622426.0
    assert submission.licence is None


def test_a_text_post_links_to_itself() -> None:
    own = "https://www.reddit.com/r/EarthPorn/comments/abc12/dawn/"
    pages = Pages({FIRST: feed(entry("abc12", own))}, requests=1)
    (post,) = RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts()
    assert post.is_self
    assert post.link is None


def test_the_authors_own_link_is_not_taken_for_the_feeds() -> None:
    text = '<p><a href="https://evil.example/">[link]</a></p>'
    pages = Pages({FIRST: feed(entry("abc12", "https://i.redd.it/a.jpg", text))}, requests=1)
    (post,) = RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts()
    assert post.link == "https://i.redd.it/a.jpg"


def test_it_pages_back_after_the_last_entry() -> None:
    second = f"{FIRST}&after=t3_abc11&count=2"
    third = f"{FIRST}&after=t3_abc10&count=3"
    pages = Pages(
        {
            FIRST: feed(entry("abc12", "https://i.redd.it/a.jpg"), entry("abc11", "https://i.redd.it/b.jpg")),
            second: feed(entry("abc10", "https://i.redd.it/c.jpg")),
            third: feed(),
        }
    )
    posts = list(RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts())
    assert [post.submission.id for post in posts] == ["t3_abc12", "t3_abc11", "t3_abc10"]
    assert pages.asked == [FIRST, second, third]


def test_an_entry_that_cannot_be_read_says_so_and_paging_goes_on() -> None:
    bad = entry("abc11", "https://i.redd.it/b.jpg", "&#x110000;").replace("&amp;#x110000;", "&#x110000;")
    second = f"{FIRST}&after=t3_abc12&count=2"
    pages = Pages({FIRST: feed(entry("abc12", "https://i.redd.it/a.jpg"), bad), second: feed()})
    posts = list(RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts())
    assert [post.unreadable for post in posts] == [None, "ValueError"]
    assert pages.asked == [FIRST, second]


@pytest.mark.parametrize("name", ["/r/EarthPorn/new/.rss", "t1_abc", "t3_ABC", "t3_" + "a" * 40])
def test_entries_that_are_no_submissions_are_left_out(name: str) -> None:
    body = feed(entry("abc12", "https://i.redd.it/a.jpg")).replace(b"<id>t3_abc12", f"<id>{name}".encode())
    assert list(RssSource(Pages({FIRST: body}).listing, ("EarthPorn",), parse=read_here).posts()) == []


def links(*entries: str) -> list[tuple[str, ...]]:
    pages = Pages({FIRST: feed(*entries)}, requests=1)
    return [post.text_links for post in RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts()]


def test_pictures_in_a_text_are_named_and_nobodys_pages() -> None:
    own = "https://www.reddit.com/r/EarthPorn/comments/abc12/dawn/"
    text = (
        '<p><a href="https://preview.redd.it/aaa.jpg?width=9&amp;amp;s=1">x</a> '
        '<a href="https://imgur.com/a/AbCdEfG">y</a></p>'
    ).replace("&amp;amp;", "&amp;")
    assert links(entry("abc12", own, text)) == [
        ("https://preview.redd.it/aaa.jpg?width=9&s=1", "https://imgur.com/a/AbCdEfG")
    ]
    assert links(entry("abc12", "https://i.redd.it/a.jpg", text)) == [
        ("https://preview.redd.it/aaa.jpg?width=9&s=1",)
    ]


def test_a_gallery_is_known_by_its_first_picture() -> None:
    shown = "https://preview.redd.it/ggg.jpg?width=640&amp;crop=smart&amp;s=b"
    gallery = entry("abc12", "https://www.reddit.com/gallery/abc12").replace(
        "https://b.thumbs.redditmedia.com/x.jpg", shown
    )
    assert links(gallery) == [("https://preview.redd.it/ggg.jpg?width=640&crop=smart&s=b",)]
    assert links(entry("abc12", "https://www.reddit.com/gallery/abc12")) == [()]


def test_the_personal_token_is_asked_with_and_taken_out_of_what_comes() -> None:
    token = FeedToken("me", "the+token")
    body = feed(entry("abc12", "https://i.redd.it/the%2Btoken.jpg"))
    pages = Pages({f"{FIRST}&feed=the%2Btoken&user=me": body}, requests=1)
    source = RssSource(pages.listing, ("EarthPorn",), token=token, parse=read_here)
    assert [post.link for post in source.posts()] == ["https://i.redd.it/.jpg"]
    assert "the+token" not in repr(token)


def test_where_the_host_allows_no_more_in_time_the_next_run_reads_on() -> None:
    pages = Pages({FIRST: feed(entry("abc12", "https://i.redd.it/a.jpg"))}, limit=Limit(1, 60), seconds=30)
    posts = list(RssSource(pages.listing, ("EarthPorn",), parse=read_here).posts())
    assert len(posts) == len(pages.asked) == 1
    assert not pages.listing.open  # so the end of the listing was not reached
    assert pages.now == 0
