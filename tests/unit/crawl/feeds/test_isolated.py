"""The process around feedparser: a real one."""

from __future__ import annotations

import pytest

from bowerbird.crawl.feeds.isolated import read_isolated
from bowerbird.crawl.sources.listing import DamagedPageError, HopelessPageError


def test_a_feed_comes_through() -> None:
    feed = read_isolated("<rss version='2.0'><channel><item><guid>ü</guid></item></channel></rss>".encode())
    assert [entry["id"] for entry in feed["entries"]] == ["ü"]


@pytest.mark.parametrize(
    ("body", "why"), [(b"{}", "not a feed"), (b"\0<?xml encoding='\0'?>", "not a feed"), (b"", "not a feed")]
)
def test_what_is_no_feed_says_so(body: bytes, why: str) -> None:
    with pytest.raises(DamagedPageError, match=why) as damaged:
        read_isolated(body)
    assert not isinstance(damaged.value, HopelessPageError)


def test_what_takes_too_long_is_given_up() -> None:
    """Every tag that feedparser meets is looked for among all before it: hours, in a full-sized feed."""
    tags = b"".join(b"<category>%d</category>" % number for number in range(400_000))
    with pytest.raises(HopelessPageError, match="more than 1 s"):
        read_isolated(b"<rss version='2.0'><channel><item>" + tags + b"</item></channel></rss>", seconds=1)
