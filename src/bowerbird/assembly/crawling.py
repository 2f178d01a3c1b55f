"""The crawl's half: opens sources, and makes candidates of their posts."""

from __future__ import annotations

from bowerbird.assembly.adapters import Adapters, the
from bowerbird.assembly.settings import Settings
from bowerbird.crawl.crawler import Crawler
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.owner_lists import NO_LISTS
from bowerbird.crawl.sources import limiter
from bowerbird.crawl.sources.base import Context


def context(adapters: Adapters, settings: Settings) -> Context:
    """What the world offers a source. With a store, the source remembers there where it has been."""
    return Context(
        settings.communities,
        adapters.pages,
        store=adapters.store,
        limiter=limiter(),
        reddit=settings.reddit,
        feed_token=settings.feed_token,
        mastodon=settings.mastodon,
        requests=settings.requests,
        seconds=settings.seconds,
        fill_gaps=settings.fill_gaps,
        streams=adapters.streams,
        own_network=adapters.own_network,
        gateway=settings.gateway,
        anonymous=settings.anonymous,
    ).paced()


def crawler(adapters: Adapters, settings: Settings) -> Crawler:
    """The crawler, asking image hosts with the owner's keys where there are any."""
    hosts = Hosts.found(settings.host_keys)
    return Crawler(the(adapters.fetcher, "fetcher"), hosts, lists=settings.lists or NO_LISTS)
