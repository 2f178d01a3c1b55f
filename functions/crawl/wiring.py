"""Wires the crawl function to the parts it runs on, and runs it once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import boto3

from bowerbird.adapters.aws.opening import open_bucket, open_ledger, open_queue
from bowerbird.adapters.aws.timeouts import TIMEOUTS
from bowerbird.assembly import Adapters, Settings, assemble
from bowerbird.assembly.adapters import the
from bowerbird.core.post import Committing, Removals, Removing
from bowerbird.crawl.credentials import read_parameter, read_secret
from bowerbird.crawl.enqueue import CrawlCounts, ship
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.tail import TailedSource
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.net import AtprotoFetcher, HostTurns, HttpFetcher, WebSockets
from bowerbird.removal.told import purge_removed
from functions.crawl.settings import CrawlFunctionSettings


def crawl_once(settings: CrawlFunctionSettings) -> Callable[[Callable[[], bool]], CrawlCounts]:
    """Make a function that crawls the source to the queue for as long as its argument answers true."""
    settings = _with_credentials(settings)
    hosts = turns()
    return crawl_on(cloud(settings, hosts), settings, hosts)


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


def crawl_on(
    adapters: Adapters, settings: CrawlFunctionSettings, hosts: HostTurns
) -> Callable[[Callable[[], bool]], CrawlCounts]:
    """Make the function that crawls once, on any adapters."""
    assembly = assemble(adapters, Settings.of_crawl(settings, fill_gaps=settings.fill_gaps))
    crawler, context, queue = assembly.crawler, assembly.context, the(adapters.queue, "queue")
    told: deque[Removals] = deque(maxlen=2)

    def run(in_time: Callable[[], bool]) -> CrawlCounts:
        source = open_source(settings.source, context)
        shipment = ship(crawler.crawl(source), queue, in_time=in_time)
        if isinstance(source, Removing) and adapters.store and adapters.ledger:
            told.append(source.removed())
            for removals in told:  # the last run's too: some of its candidates were still queued
                now = datetime.now(UTC)
                purge_removed(adapters.store, source.name, removals, now=now, ledger=adapters.ledger)
        if isinstance(source, Committing):
            source.commit()
        if isinstance(source, FollowedSource | TailedSource) and source.progress:
            shipment = replace(shipment, source=source.progress.facts())
        return replace(shipment, hosts=hosts.take())

    return run


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
