"""Feeds read in this process, for tests that read many: a process for each would take too long."""

from __future__ import annotations

from bowerbird.crawl.feeds.reading import read
from bowerbird.crawl.sources.feed import Feed
from bowerbird.crawl.sources.listing import DamagedPageError


def read_here(body: bytes) -> Feed:
    """As the worker reads one."""
    try:
        feed = read(body)
    except Exception as error:  # noqa: BLE001 - the worker's answer to it, see there
        raise DamagedPageError(f"not a feed: {type(error).__name__}") from None
    if feed is None:
        raise DamagedPageError("not a feed")
    return Feed(feed, feed["entries"])
