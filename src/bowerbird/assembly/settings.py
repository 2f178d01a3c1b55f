"""All settings of an installation, as one value. Each default stands once, here or where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from bowerbird.core.limits import MAX_RECEIVES
from bowerbird.core.usual import LOOK, Marks
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.net.user_agent import names_contact

if TYPE_CHECKING:  # the filter's half needs numpy and Pillow, the crawl's half what reads feeds and Reddit
    from bowerbird.crawl.owner_lists import OwnerLists
    from bowerbird.crawl.settings import CrawlSettings
    from bowerbird.crawl.sources.mastodon_account import MastodonAccount
    from bowerbird.crawl.sources.reddit_app import FeedToken, RedditApp
    from bowerbird.filter.owner_rules import Asked
    from bowerbird.filter.parts import PictureLimits

#: Seconds before the first retry: 1, 4, 16 and 64 at home, where somebody waits for a run to end.
RETRY_AT_HOME_S: Final = 1.0
#: In the cloud nobody waits, and a picture host that is down is rarely back in a second.
RETRY_IN_THE_CLOUD_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the crawl's half, then of the filter's. A shell that runs one half leaves the other's out.

    An `anonymous` installation tells sites no address to write to, so live sources do not open. A test rig
    names a `gateway`, which then gets every request in place of the world. One run of a source makes at most
    `requests` requests in at most `seconds`. `lists` say whose posts the owner wants, or does not want.

    `at_once` pictures are decoded and scored at the same time. Without `shape` any size and aspect fits;
    without `limits` the usual ones hold. `watermark` says what one means, `thumbnails` whether to keep a
    small copy of every decoded picture. Of what the `prior` turns down, the share `look` is looked at anyway.
    A candidate that fails waits `first_retry_s` the first time; delivery number `max_receives` is its last.
    """

    communities: tuple[str, ...] = ()
    reddit: RedditApp | None = None
    feed_token: FeedToken | None = None
    mastodon: MastodonAccount | None = None
    host_keys: Mapping[str, str] = field(default_factory=dict)
    requests: int = 100
    seconds: float = 60.0
    fill_gaps: bool = False
    gateway: str | None = None
    anonymous: bool = False
    lists: OwnerLists | None = None

    shape: ShapeRule | None = NOMADS
    limits: PictureLimits | None = None
    asked: Asked | None = None
    watermark: Marks = "reject"
    thumbnails: bool = False
    look: float = LOOK
    at_once: int = 1
    max_receives: int = MAX_RECEIVES
    first_retry_s: float = RETRY_AT_HOME_S

    @classmethod
    def of_crawl(cls, crawl: CrawlSettings, *, fill_gaps: bool = False, gateway: str | None = None) -> Self:
        """What the environment says of the crawl. With `fill_gaps`, runs ask by id for what others missed."""
        return cls(
            communities=crawl.community_list(),
            reddit=crawl.reddit_app(),
            feed_token=crawl.feed_token(),
            mastodon=crawl.mastodon_account(),
            host_keys=crawl.host_keys(),
            requests=crawl.crawl_requests,
            seconds=crawl.crawl_seconds,
            fill_gaps=fill_gaps,
            gateway=gateway,
            anonymous=gateway is None and not names_contact(crawl.agent),
        )
