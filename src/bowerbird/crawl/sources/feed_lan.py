"""Reads a feed on the owner's own network, such as an RSSHub at home. No other source may read there.

The owner allows it by naming the source `feed+lan:http://192.168.1.20:1200/…`. Only that server is asked, for
the feed and for those of its pictures that lie there. No redirect and no link of another source leads to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.core.messages import Preview
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.feed import ACCEPT, FeedSource
from bowerbird.crawl.sources.listing import fetching
from bowerbird.crawl.sources.live import follow
from bowerbird.net import lan

_NAME: Final = "feed+lan"


class LanFeedSource:
    """The entries of a feed at `own`, `http://host:port`; pictures that lie there are asked for there."""

    order = "none"

    def __init__(self, feed: FeedSource, own: str) -> None:
        self.name = f"{_NAME}{feed.name.removeprefix('feed')}"
        self._feed, self._own = feed, own

    def posts(self) -> Iterator[Post]:
        """Read the feed once; errors as for `Source.posts`."""
        for post in self._feed.posts():
            pictures = tuple(_at_home(each, self._own) for each in post.attachments)
            yield replace(post, submission=replace(post.submission, source=self.name), attachments=pictures)


def own_origin(source: str) -> str | None:
    """The server that a source of this name reads on the owner's network; None for any other source."""
    kind, _, url = source.partition(":")
    return lan.origin(url) if kind == _NAME else None


def _at_home(picture: Attachment, own: str) -> Attachment:
    """A picture with only the links that lead to the owner's server. No rule knows a better copy there."""
    urls = tuple(lan.at_home(url, own) for url in picture.urls)
    previews = tuple(
        Preview(lan.at_home(each.url, own), each.width, each.height) for each in picture.previews
    )
    return replace(picture, urls=urls, previews=previews, linked=urls[0] == picture.urls[0])


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"{_NAME}:{argument}"
    if context.own_network is None:
        raise UsageError(f"{spec} reads from a network at home: run `bowerbird mine` on a machine there")
    try:
        own = lan.origin(argument)
    except PermanentError as error:
        raise UsageError(f"{spec}: {error}; write {_NAME}:http://192.168.1.20:1200/…") from None
    return follow(
        spec,
        fetching(context.own_network(own), ACCEPT),
        lambda listing: LanFeedSource(FeedSource(listing, argument), own),
        context,
    )


SPEC: Final = SourceSpec(
    f"{_NAME}:URL",
    _open,
    reads="a feed on your own network, such as an RSSHub at home; not on AWS",
    needs="a machine on that network",
    unknown="whatever the feed leaves out",
    live=False,
)
