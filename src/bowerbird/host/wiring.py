"""Wires the embedded host: the only place that makes its objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from threading import Semaphore

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import UsageError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Fetcher, Ledger, ObjectStore, Queue
from bowerbird.core.post import Source
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.hosts import Hosts, placeholders
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.crawl.sources import limiter
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.feed_lan import own_origin
from bowerbird.crawl.sources.folder import FolderSource
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.consumer import Consumer
from bowerbird.filter.copies import Copies, restore
from bowerbird.filter.first_look import FirstLook
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.filter.parts import Parts
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.filter.survivors import Survivors
from bowerbird.host.counts import Tally
from bowerbird.host.host import Host
from bowerbird.host.state_files import LEDGER, LIKENESSES, QUEUE, check_whole
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import Bundle, load
from bowerbird.net import AtprotoFetcher, FileFetcher, HostTurns, HttpFetcher, LanFetcher, WebSockets
from bowerbird.net.user_agent import AT_HOME, names_contact

MAX_RECEIVES = 5
# 1, 4, 16 and 64 seconds: somebody is waiting for a `--once` run to end.
BASE_DELAY_S = 1.0


@dataclass(frozen=True, slots=True)
class HostOptions:
    """What a run of the embedded host can be told."""

    bundle: str = "lite"
    shape: ShapeRule = NOMADS
    downloads: int = 16
    thumbnails: bool = True
    gateway: str | None = None
    scout: str | None = None
    asked: Asked = NOTHING


def http_fetcher(gateway: str | None = None, hosts: HostTurns | None = None) -> AtprotoFetcher:
    """The way out; `gateway` sends every request to one server instead, as the demo and tests do.

    `hosts` paces what is asked of picture hosts; sources take their turns themselves.
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
    """What a live source needs; it remembers in `store` where it has been."""
    settings = _settings()
    if communities:
        settings = settings.model_copy(update={"communities": communities})
    return Context(
        settings.community_list(),
        http_fetcher(gateway),
        store=store,
        limiter=limiter(),
        reddit=settings.reddit_app(),
        feed_token=settings.feed_token(),
        mastodon=settings.mastodon_account(),
        requests=settings.crawl_requests,
        seconds=settings.crawl_seconds,
        fill_gaps=fill_gaps,
        streams=WebSockets(user_agent=settings.agent, gateway=gateway),
        own_network=lambda own: _own_network(own, gateway),
        gateway=gateway,
        anonymous=gateway is None and not names_contact(settings.agent),
    ).paced()


def _own_network(own: str, gateway: str | None) -> HttpFetcher:
    """Asks one server of the owner's network, `http://host:port`."""
    return HttpFetcher(user_agent=_settings().agent, gateway=gateway, own=own)


def fetcher_for(source: Source, http: Fetcher, gateway: str | None, closed: ExitStack) -> Fetcher:
    """A folder's candidates are files below it; everything else comes over HTTP.

    Where the source is a server on the owner's network, its pictures may come from there.
    """
    if isinstance(source, FolderSource):
        return FileFetcher(source.root)
    own = own_origin(source.name)
    return LanFetcher(http, closed.enter_context(_own_network(own, gateway))) if own else http


@contextmanager
def embedded_host(place: Place, source: Source, options: HostOptions, http: Fetcher) -> Iterator[Host]:
    """A host on one place, for one source; closes its files at the end."""
    with ExitStack() as closed:
        yield _host(place, source, options, http, closed)


def _host(place: Place, source: Source, options: HostOptions, http: Fetcher, closed: ExitStack) -> Host:
    """Its parts; `closed` closes them, also when a later one cannot be opened."""
    bundle = load(options.bundle)
    cores = len(os.sched_getaffinity(0))
    tally = Tally()
    check_whole(place)
    decoder = closed.enter_context(IsolatedDecoder(workers=cores))
    # The queue first: where a ledger is, a queue has been.
    queue = closed.enter_context(closing(SqliteQueue(place.state / QUEUE, max_receives=MAX_RECEIVES)))
    ledger = closed.enter_context(closing(SqliteLedger(place.state / LEDGER, place.store)))
    likenesses = closed.enter_context(closing(SqliteLikenesses(place.state / LIKENESSES)))
    copies = Copies(likenesses, place.store, ledger, decoder)
    parts = Parts(
        bundle,
        Semaphore(cores),
        fetcher=fetcher_for(source, http, options.gateway, closed),
        ledger=ledger,
        decoder=decoder,
        shape=options.shape,
        copies=copies,
        scout=_scout(options.scout, bundle) if options.scout else None,
        asked=options.asked,
        placeholders=placeholders(),
    )
    candidates = CandidateFilter(
        pipeline=pipeline(parts, Entrance.QUEUE),
        ledger=ledger,
        survivors=Survivors(place.store, ledger, copies),
        bundle=bundle.label,
        thumbnails=place.store if options.thumbnails else None,
    )
    consumer = Consumer(
        candidates,
        queue,
        max_receives=MAX_RECEIVES,
        base_delay_s=BASE_DELAY_S,
        on_decision=tally.decided,
        on_fault=tally.fault,
    )
    return Host(queue, ledger, consumer, tally, options.downloads)


def _scout(name: str, bundle: Bundle) -> FirstLook:
    """The cheaper bundle that looks first, as far as the owner's bundle trusts it.

    Raises:
        UsageError: that was not measured for these two.
    """
    scout, entry = load(name), bundle.manifest.scout
    if entry is None or entry.bundle != scout.label:
        raise UsageError(
            f"{bundle.label} does not know how far to trust {scout.label}: "
            f"run `bowerbird calibrate {bundle.folder} --scout {name} --good DIR` first"
        )
    return FirstLook(scout, entry.floor.value, "scout")


@contextmanager
def restorer(place: Place) -> Iterator[Callable[[str], bool]]:
    """What brings one picture of a place back, by its key; the index of likenesses learns of it again."""
    with closing(SqliteLikenesses(place.state / LIKENESSES)) as index, IsolatedDecoder() as decoder:
        yield lambda key: restore(key, place.store, index, decoder)


@contextmanager
def recheck_ledger(place: Place, table: str | None, endpoint_url: str | None) -> Iterator[Ledger | None]:
    """The ledger that decided what a place holds: the cloud's `table`, or this machine's own if any."""
    if table:
        import boto3  # noqa: PLC0415 - most of a second, and only the cloud needs it

        from bowerbird.adapters.aws.ledger import DynamoLedger  # noqa: PLC0415
        from bowerbird.adapters.aws.timeouts import PATIENCE  # noqa: PLC0415

        client = boto3.client("dynamodb", endpoint_url=endpoint_url, config=PATIENCE)
        yield DynamoLedger(client, table, place.store)
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
    """A queue of SQS, with the dead letters that its own settings name."""
    import boto3  # noqa: PLC0415 - as above

    from bowerbird.adapters.aws.failures import translated  # noqa: PLC0415
    from bowerbird.adapters.aws.sqs import SqsQueue, dead_letters_of  # noqa: PLC0415
    from bowerbird.adapters.aws.timeouts import PATIENCE  # noqa: PLC0415

    with translated(f"reaching {queue_url}"):  # SQS, unlike S3, must be told a region first
        sqs = boto3.client("sqs", endpoint_url=endpoint_url, config=PATIENCE)
    return SqsQueue(sqs, queue_url, dead_letters_of(sqs, queue_url))


def crawler(http: Fetcher) -> Crawler:
    """The crawler, asking image hosts with the owner's keys where there are any."""
    return Crawler(http, Hosts.found(CrawlSettings().host_keys()))


def crawl(source: Source, http: Fetcher) -> Iterable[Candidate | Skipped]:
    """Candidates of a source, and what gave none."""
    return crawler(http).crawl(source)
