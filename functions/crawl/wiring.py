"""Wires the crawl function to the parts it runs on, and runs it once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import boto3

from bowerbird.adapters.aws.opening import open_bucket, open_ledger, open_queue
from bowerbird.adapters.aws.tastes import further_tastes
from bowerbird.adapters.aws.timeouts import TIMEOUTS
from bowerbird.assembly import Adapters, Settings, assemble
from bowerbird.assembly.adapters import the
from bowerbird.core.post import Committing, Removals, Removing, Source
from bowerbird.crawl.credentials import read_parameter, read_secret
from bowerbird.crawl.enqueue import CrawlCounts, ship
from bowerbird.crawl.focused import focused
from bowerbird.crawl.following.best_communities import remembered_best
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.focus import FocusedSource
from bowerbird.crawl.following.tail import TailedSource
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.net import AtprotoFetcher, HostTurns, HttpFetcher, WebSockets
from bowerbird.removal.told import purge_removed
from functions.crawl.settings import CrawlFunctionSettings


def crawl_once(settings: CrawlFunctionSettings) -> Callable[[Callable[[], bool]], CrawlCounts]:
    """Make a function that crawls the source to the queue for as long as its argument answers true."""
    settings = _with_credentials(settings)
    hosts = turns()
    return crawl_on(cloud(settings, hosts), settings, hosts, further_places(settings))


def cloud(settings: CrawlFunctionSettings, hosts: HostTurns) -> Adapters:
    """Open the function's parts. Only sources that take posts back get the filter's ledger, to redact."""
    endpoint, table = settings.endpoint_url, settings.ledger_table
    store = open_bucket(settings.bucket, endpoint) if settings.bucket else None
    return Adapters(
        store=store,
        queue=open_queue(settings.queue_url, settings.dead_letter_url, endpoint),
        ledger=open_ledger(table, store, endpoint) if store and table else None,
        fetcher=AtprotoFetcher(HttpFetcher(user_agent=settings.agent, turns=hosts)),
        pages=HttpFetcher(user_agent=settings.agent),  # sources take their turns themselves
        streams=WebSockets(user_agent=settings.agent),
    )


def further_places(settings: CrawlFunctionSettings) -> list[Adapters]:
    """Open the places of further tastes, for a source that takes posts back."""
    endpoint, table = settings.endpoint_url, settings.ledger_table
    if not table:
        return []
    stores = [open_bucket(settings.bucket, endpoint, prefix) for prefix in further_tastes(settings.tastes)]
    return [Adapters(store=store, ledger=open_ledger(table, store, endpoint)) for store in stores]


def crawl_on(
    adapters: Adapters, settings: CrawlFunctionSettings, hosts: HostTurns, further: Sequence[Adapters] = ()
) -> Callable[[Callable[[], bool]], CrawlCounts]:
    """Make the function that crawls once, on any adapters; `further` are the places of further tastes."""
    assembly = assemble(adapters, Settings.of_crawl(settings, fill_gaps=settings.fill_gaps))
    crawler, context, queue = assembly.crawler, assembly.context, the(adapters.queue, "queue")
    told: deque[Removals] = deque(maxlen=2)

    def run(in_time: Callable[[], bool]) -> CrawlCounts:
        source = opened(settings, context)
        shipment = ship(crawler.crawl(source), queue, in_time=in_time)
        if isinstance(source, Removing):
            told.append(source.removed())
            for removals in told:  # the last run's too: some of its candidates were still queued
                _purge([adapters, *further], source.name, removals)
        if isinstance(source, Committing):
            source.commit()
        main = source.main if isinstance(source, FocusedSource) else source
        if isinstance(main, FollowedSource | TailedSource) and main.progress:
            shipment = replace(shipment, source=main.progress.facts())
        return replace(shipment, hosts=hosts.take())

    return run


def _purge(places: Sequence[Adapters], source: str, removals: Removals) -> None:
    for place in places:
        if place.store and place.ledger:
            purge_removed(place.store, source, removals, now=datetime.now(UTC), ledger=place.ledger)


def opened(settings: CrawlFunctionSettings, context: Context) -> Source:
    """Open the source. The compact function finds the communities that the crawl focuses on."""
    if not settings.focus or context.store is None:
        return open_source(settings.source, context)
    return focused(settings.source, context, partial(remembered_best, context.store, settings.source))


def _with_credentials(settings: CrawlFunctionSettings) -> CrawlFunctionSettings:
    """Read the secret once, when the function starts. A changed secret counts from the next start on."""
    endpoint = settings.endpoint_url
    if settings.credentials_secret:
        client = boto3.client("secretsmanager", endpoint_url=endpoint, config=TIMEOUTS)
        settings = settings.with_credentials(read_secret(client, settings.credentials_secret))
    if settings.credentials_parameter:
        client = boto3.client("ssm", endpoint_url=endpoint, config=TIMEOUTS)
        settings = settings.with_credentials(read_parameter(client, settings.credentials_parameter))
    return settings
