"""What is taken from a feed, and which entry fails when one does."""

from __future__ import annotations

from typing import Any

import pytest

from bowerbird.crawl.feeds.reading import read

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's, of two dates


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{inside}</channel></rss>'.encode()
    )


def entries(body: bytes) -> list[dict[str, Any]]:
    feed = read(body)
    assert feed is not None
    return list(feed["entries"])


@pytest.mark.parametrize("body", [b"", b"{}", b"garbage", b"/etc/hostname", b"\xff\xfe", b"<html><p>x"])
def test_what_is_no_feed_is_none(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "date",
    ["0000-00-00T00:00:00Z", "0000-00-00", "Thu, 32 Foo 99999", "-1", "\ud7ff", "x" * 5000],
)
def test_a_date_that_no_calendar_has_is_none(date: str) -> None:
    (entry,) = entries(rss(f"<guid>1</guid><pubDate>{date}</pubDate>"))
    assert (entry["id"], entry["published"]) == ("1", None)


@pytest.mark.parametrize(
    "junk", ["text <![[ more", "<![CDATA[", "<!DOCTYPE", "<!--" * 9, "<img src='http://[x'>"]
)
def test_junk_in_a_text_hides_nothing_else(junk: str) -> None:
    found = entries(rss(f"<guid>1</guid><description><![CDATA[{junk}]]></description>", "<guid>2</guid>"))
    assert [entry["id"] for entry in found] == ["1", "2"]
    assert not any("error" in entry for entry in found)


def test_an_entry_on_which_feedparser_fails_is_told_apart_from_the_others() -> None:
    body = rss("<guid>1</guid>", "<guid>2</guid><description>&#x110000;</description>", "<guid>3</guid>")
    first, second, third = entries(body)
    assert (first["id"], third["id"]) == ("1", "3")
    assert second["error"] == "ValueError"
    assert second == entries(body)[1]


def test_pictures_of_a_text_come_with_their_base() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:base="https://p.example/a/"><id>1</id>'
        '<content type="html">&lt;img src="b.jpg" width="9"&gt;</content></entry></feed>'
    )
    (entry,) = entries(body.encode())
    assert entry["shown"] == [[["b.jpg", None, None]]]
    assert entry["base"] == "https://p.example/a/"


def test_a_nest_of_entities_is_no_bomb() -> None:
    nest = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50 if n else "x" * 99}">' for n in range(12))
    feed = read(f'<?xml version="1.0"?><!DOCTYPE r [{nest}]>'.encode() + rss("<title>&a11;</title>")[21:])
    assert feed is None or all(len(entry["title"] or "") < 10_000 for entry in feed["entries"])
