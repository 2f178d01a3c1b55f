"""A feed at home: asked for by its owner alone, and never by a function in the cloud."""

from __future__ import annotations

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.core.ports import Fetcher
from bowerbird.core.post import Post
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.feed import FeedSource
from bowerbird.crawl.sources.feed_lan import LanFeedSource, own_origin
from tests.fakes import FakeFetcher
from tests.feeds import read_here
from tests.unit.crawl.sources.listings import Pages

OWN = "http://192.168.1.20:1200"
FEED = (
    f"""<rss version="2.0"><channel><title>t</title>
<item><guid>1</guid><enclosure url="{OWN}/1.jpg" type="image/jpeg"/></item>
<item><guid>2</guid><enclosure url="https://b.example/2.jpg" type="image/jpeg"/></item>
<item><guid>3</guid><description>&lt;img srcset="/3s.jpg 300w, /3.jpg 900w"&gt;</description></item>
<item><guid>4</guid><enclosure url="http://192.168.1.1/4.jpg" type="image/jpeg"/></item>
</channel></rss>"""
).encode()


def posts() -> list[Post]:
    pages = Pages({f"{OWN}/feed": FEED})
    return list(LanFeedSource(FeedSource(pages.listing, f"{OWN}/feed", parse=read_here), OWN).posts())


def test_pictures_that_lie_there_are_asked_for_there_and_all_others_as_ever() -> None:
    found = [(each.urls, each.linked) for post in posts() for each in post.attachments]
    assert found == [
        ((f"lan+{OWN}/1.jpg",), False),
        (("https://b.example/2.jpg",), True),
        ((f"lan+{OWN}/3.jpg", f"lan+{OWN}/3s.jpg"), False),
        (("http://192.168.1.1/4.jpg",), True),
    ]
    assert {post.submission.source for post in posts()} == {f"feed+lan:{OWN}/feed"}


def test_the_source_asks_through_a_fetcher_for_that_server_alone() -> None:
    asked: list[str] = []

    def own_network(own: str) -> Fetcher:
        asked.append(own)
        return FakeFetcher({f"{OWN}/feed": FEED})

    source = open_source(f"feed+lan:{OWN}/feed", Context(own_network=own_network))
    assert len(list(source.posts())) == 4
    assert asked == [OWN]


def test_a_function_in_the_cloud_has_no_network_of_its_own() -> None:
    with pytest.raises(
        UsageError, match=r"reads from a network at home: run `bowerbird mine` on a machine there"
    ):
        open_source(f"feed+lan:{OWN}/feed", Context(fetcher=FakeFetcher({})))


def test_what_is_no_address_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"refused: .*write feed\+lan:http"):
        open_source("feed+lan:file:///etc/passwd", Context(own_network=lambda _: FakeFetcher({})))


@pytest.mark.parametrize("name", ["feed:http://192.168.1.20:1200/feed", "reddit", "lemmy:feed+lan"])
def test_no_other_source_has_a_server_at_home(name: str) -> None:
    assert own_origin(name) is None
    assert own_origin(f"feed+lan:{OWN}/feed") == OWN
