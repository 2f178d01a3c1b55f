"""Wires the embedded host to the parts it runs on, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.assembly import RETRY_AT_HOME_S, Adapters, Settings, assemble, together
from bowerbird.core.cores import cores
from bowerbird.core.decisions import Decision
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Fetcher, Ledger, Likenesses, ObjectStore, Queue
from bowerbird.core.post import Source
from bowerbird.core.usual import LOOK, OFF, REJECT, Marks
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.owner_lists import NO_LISTS, OwnerLists
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.feed_lan import own_origin
from bowerbird.crawl.sources.folder import FolderSource
from bowerbird.filter.copies import restore
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.filter.tastes import Ledgers
from bowerbird.host.counts import RunCounts
from bowerbird.host.homes import Home, gather
from bowerbird.host.host import EmbeddedHost
from bowerbird.host.judged_by import remember
from bowerbird.host.post_prior import PostPrior
from bowerbird.host.state_files import LEDGER, LIKENESSES, QUEUE, check_whole
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import Bundle, load
from bowerbird.models.strictness import at_keep_rate
from bowerbird.net import AtprotoFetcher, FileFetcher, HostTurns, HttpFetcher, LanFetcher, WebSockets
from bowerbird.net.own import OwnFetcher
from bowerbird.net.user_agent import AT_HOME


@dataclass(frozen=True, slots=True)
class HostOptions:
    """Holds the options for a run of the embedded host.

    A `keep_rate` moves the bundle's threshold: it is the share of the owner's own pictures that is kept. The
    `prior` judges posts before anything is fetched: off, order (only orders the work) or reject. The share
    `look` of what it turns down is looked at anyway.
    """

    bundle: str = "lite"
    shape: ShapeRule = NOMADS
    downloads: int = DOWNLOADS
    thumbnails: bool = True
    gateway: str | None = None
    scout: str | None = None
    asked: Asked = NOTHING
    keep_rate: float | None = None
    watermark: Marks = "reject"
    prior: str = REJECT
    look: float = LOOK


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


def fetcher_for(sources: Sequence[Source], http: Fetcher, gateway: str | None, closed: ExitStack) -> Fetcher:
    """Make the fetcher for sources. It reads files below their folders, and everything else over HTTP.

    When a source is a server on the owner's network, pictures may come from that server too.
    """
    folders: dict[str, Fetcher] = {}
    servers: dict[str, Fetcher] = {}
    for source in sources:
        if isinstance(source, FolderSource):
            folders[f"{source.root.as_uri().rstrip('/')}/"] = FileFetcher(source.root)
        elif (own := own_origin(source.name)) and own not in servers:
            servers[own] = LanFetcher(http, closed.enter_context(_own_network(own, gateway)))
    return OwnFetcher(folders, servers, http)


@contextmanager
def embedded_host(
    place: Place, source: Source, options: HostOptions, http: Fetcher
) -> Iterator[EmbeddedHost]:
    """Open a host on one place for one source, and close its files at the end."""
    with shared_host([(place, options)], [source], http) as host:
        yield host


@contextmanager
def shared_host(
    tastes: Sequence[tuple[Place, HostOptions]], sources: Sequence[Source], http: Fetcher
) -> Iterator[EmbeddedHost]:
    """Open a host for tastes that look at the same sources, each with a place of its own.

    The first place keeps the queue, and takes over what waits in the queues of the others. The first taste's
    options say how many downloads there are at once.
    """
    with ExitStack() as closed:
        yield _host(tastes, sources, http, closed)


def _host(
    tastes: Sequence[tuple[Place, HostOptions]], sources: Sequence[Source], http: Fetcher, closed: ExitStack
) -> EmbeddedHost:
    """Make the host's parts. `closed` closes them, also when a later part cannot be opened."""
    options = tastes[0][1]
    loaded = [_bundles(each) for _, each in tastes]
    tally = RunCounts()
    for place, _ in tastes:
        check_whole(place)
    decoder = closed.enter_context(IsolatedDecoder(workers=cores()))
    # Queues are made first. So a place that has a ledger has had a queue before.
    queue, *others = (closed.enter_context(closing(SqliteQueue(place.state / QUEUE))) for place, _ in tastes)
    gather(queue, others)
    shared = Adapters(
        queue=queue,
        fetcher=fetcher_for(sources, http, options.gateway, closed),
        decoder=decoder,
        on_fault=tally.fault,
    )
    homes, assemblies = [], []
    for (place, own), (bundle, scout) in zip(tastes, loaded, strict=True):
        remember(place.state, bundle)
        prior = None if own.prior == OFF else PostPrior(place.store, own.prior == REJECT, own.look)
        ledger = closed.enter_context(closing(SqliteLedger(place.state / LEDGER, place.store)))
        home = Home(place, ledger, prior)
        adapters = replace(
            shared,
            store=place.store,
            ledger=home.ledger,
            likenesses=closed.enter_context(closing(SqliteLikenesses(place.state / LIKENESSES))),
            bundle=bundle,
            scout=scout,
            prior=prior,
            on_decision=partial(_count, (tally, home.counts)),
        )
        homes.append(home)
        assemblies.append(assemble(adapters, _judging(own)))
    ledgers = Ledgers([home.ledger for home in homes]) if len(homes) > 1 else homes[0].ledger
    consumer = together.consumer(assemblies)
    return EmbeddedHost(queue, ledgers, consumer, tally, options.downloads, homes=tuple(homes))


def _bundles(options: HostOptions) -> tuple[Bundle, Bundle | None]:
    bundle = load(options.bundle)
    if options.keep_rate is not None:
        bundle = at_keep_rate(bundle, options.keep_rate)
    return bundle, load(options.scout) if options.scout else None


def _judging(options: HostOptions) -> Settings:
    return Settings(
        shape=options.shape,
        asked=options.asked,
        watermark=options.watermark,
        thumbnails=options.thumbnails,
        look=options.look,
        at_once=cores(),
        first_retry_s=RETRY_AT_HOME_S,
    )


def _count(counts: Iterable[RunCounts], decision: Decision) -> None:
    for each in counts:
        each.decided(decision)


@contextmanager
def restorer(
    place: Place, table: str | None = None, endpoint_url: str | None = None
) -> Iterator[Callable[[str], bool]]:
    """Make a function that brings a picture back by its key and adds it to the index of likenesses again.

    That index is in the cloud's `table`, or this machine's own.
    """
    with ExitStack() as closed:
        decoder = closed.enter_context(IsolatedDecoder())
        if table:
            # boto3 takes most of a second to import, and only the cloud needs it.
            from bowerbird.adapters.aws.opening import open_likenesses  # noqa: PLC0415

            index: Likenesses = open_likenesses(table, place.store, endpoint_url)
        else:
            index = closed.enter_context(closing(SqliteLikenesses(place.state / LIKENESSES)))
        yield lambda key: restore(key, place.store, index, decoder)


@contextmanager
def recheck_ledger(place: Place, table: str | None, endpoint_url: str | None) -> Iterator[Ledger | None]:
    """Open the ledger of a place's decisions: the cloud's `table`, or this machine's own if it has one."""
    if table:
        from bowerbird.adapters.aws.opening import open_ledger  # noqa: PLC0415 - as above

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


def crawler(http: Fetcher, lists: OwnerLists = NO_LISTS) -> Crawler:
    """Make the crawler. It asks image hosts with the owner's keys, if the owner has any."""
    settings = replace(Settings.of_crawl(CrawlSettings()), lists=lists)
    return assemble(Adapters(fetcher=http), settings).crawler


def crawl(source: Source, http: Fetcher, lists: OwnerLists = NO_LISTS) -> Iterable[Candidate | Skipped]:
    """Yield a source's candidates, and the posts that gave none."""
    return crawler(http, lists).crawl(source)
