"""Wires the embedded host to the parts it runs on, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.assembly import RETRY_AT_HOME_S, Adapters, Settings, assemble
from bowerbird.core.cores import cores
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Fetcher, Ledger, ObjectStore, Queue
from bowerbird.core.post import Source
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.feed_lan import own_origin
from bowerbird.crawl.sources.folder import FolderSource
from bowerbird.filter.copies import restore
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.host.counts import RunCounts
from bowerbird.host.host import EmbeddedHost
from bowerbird.host.state_files import LEDGER, LIKENESSES, QUEUE, check_whole
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import load
from bowerbird.net import AtprotoFetcher, FileFetcher, HostTurns, HttpFetcher, LanFetcher, WebSockets
from bowerbird.net.user_agent import AT_HOME


@dataclass(frozen=True, slots=True)
class HostOptions:
    """Holds the options for a run of the embedded host."""

    bundle: str = "lite"
    shape: ShapeRule = NOMADS
    downloads: int = DOWNLOADS
    thumbnails: bool = True
    gateway: str | None = None
    scout: str | None = None
    asked: Asked = NOTHING


def http_fetcher(gateway: str | None = None, hosts: HostTurns | None = None) -> AtprotoFetcher:
    """Make the fetcher for every request. A `gateway`, as in the demo and tests, gets all of them.

    `hosts` paces the requests to picture hosts. Sources pace their own.
    """
    return AtprotoFetcher(HttpFetcher(user_agent=_settings().agent, gateway=gateway, turns=hosts))


def _settings() -> CrawlSettings:
    settings = CrawlSettings()
    if "user_agent" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"user_agent": AT_HOME})


def source_context(
    gateway: str | None = None,
    store: ObjectStore | None = None,
    communities: str = "",
    *,
    fill_gaps: bool = False,
) -> Context:
    """Give a live source what it needs. It remembers in `store` where it has been."""
    settings = _settings()
    if communities:
        settings = settings.model_copy(update={"communities": communities})
    adapters = Adapters(
        store=store,
        pages=http_fetcher(gateway),
        streams=WebSockets(user_agent=settings.agent, gateway=gateway),
        own_network=lambda own: _own_network(own, gateway),
    )
    told = Settings.of_crawl(settings, fill_gaps=fill_gaps, gateway=gateway)
    return assemble(adapters, told).context


def _own_network(own: str, gateway: str | None) -> HttpFetcher:
    """Asks one server of the owner's network, `http://host:port`."""
    return HttpFetcher(user_agent=_settings().agent, gateway=gateway, own=own)


def fetcher_for(source: Source, http: Fetcher, gateway: str | None, closed: ExitStack) -> Fetcher:
    """Make the fetcher for a source. It reads files below a folder, and everything else over HTTP.

    When the source is a server on the owner's network, pictures may come from that server too.
    """
    if isinstance(source, FolderSource):
        return FileFetcher(source.root)
    own = own_origin(source.name)
    return LanFetcher(http, closed.enter_context(_own_network(own, gateway))) if own else http


@contextmanager
def embedded_host(
    place: Place, source: Source, options: HostOptions, http: Fetcher
) -> Iterator[EmbeddedHost]:
    """Open a host on one place for one source, and close its files at the end."""
    with ExitStack() as closed:
        yield _host(place, source, options, http, closed)


def _host(
    place: Place, source: Source, options: HostOptions, http: Fetcher, closed: ExitStack
) -> EmbeddedHost:
    """Make the host's parts. `closed` closes them, also when a later part cannot be opened."""
    bundle = load(options.bundle)
    scout = load(options.scout) if options.scout else None
    at_once = cores()
    tally = RunCounts()
    check_whole(place)
    decoder = closed.enter_context(IsolatedDecoder(workers=at_once))
    # The queue is made first. So a place that has a ledger has had a queue before.
    queue = closed.enter_context(closing(SqliteQueue(place.state / QUEUE)))
    ledger = closed.enter_context(closing(SqliteLedger(place.state / LEDGER, place.store)))
    adapters = Adapters(
        store=place.store,
        queue=queue,
        ledger=ledger,
        likenesses=closed.enter_context(closing(SqliteLikenesses(place.state / LIKENESSES))),
        fetcher=fetcher_for(source, http, options.gateway, closed),
        decoder=decoder,
        bundle=bundle,
        scout=scout,
        on_decision=tally.decided,
        on_fault=tally.fault,
    )
    settings = Settings(
        shape=options.shape,
        asked=options.asked,
        thumbnails=options.thumbnails,
        at_once=at_once,
        first_retry_s=RETRY_AT_HOME_S,
    )
    return EmbeddedHost(queue, ledger, assemble(adapters, settings).consumer, tally, options.downloads)


@contextmanager
def restorer(place: Place) -> Iterator[Callable[[str], bool]]:
    """Make a function that brings a picture back by its key and adds it to the index of likenesses again."""
    with closing(SqliteLikenesses(place.state / LIKENESSES)) as index, IsolatedDecoder() as decoder:
        yield lambda key: restore(key, place.store, index, decoder)


@contextmanager
def recheck_ledger(place: Place, table: str | None, endpoint_url: str | None) -> Iterator[Ledger | None]:
    """Open the ledger of a place's decisions: the cloud's `table`, or this machine's own if it has one."""
    if table:
        # boto3 takes most of a second to import, and only the cloud needs it.
        from bowerbird.adapters.aws.opening import open_ledger  # noqa: PLC0415

        yield open_ledger(table, place.store, endpoint_url)
        return
    path = place.state / LEDGER
    if not path.exists():
        yield None
        return
    ledger = SqliteLedger(path, place.store)
    try:
        yield ledger
    finally:
        ledger.close()


def cloud_queue(queue_url: str, endpoint_url: str | None) -> Queue:
    """Open an SQS queue, with the dead letters that its own settings name."""
    from bowerbird.adapters.aws.opening import open_queue  # noqa: PLC0415 - as above

    return open_queue(queue_url, endpoint_url=endpoint_url)


def crawler(http: Fetcher) -> Crawler:
    """Make the crawler. It asks image hosts with the owner's keys, if the owner has any."""
    return assemble(Adapters(fetcher=http), Settings.of_crawl(CrawlSettings())).crawler


def crawl(source: Source, http: Fetcher) -> Iterable[Candidate | Skipped]:
    """Yield a source's candidates, and the posts that gave none."""
    return crawler(http).crawl(source)
