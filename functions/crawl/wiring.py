"""Wires the crawl function."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import boto3

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.aws.timeouts import PATIENCE
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.post import Committing, Removals, Removing
from bowerbird.crawl.crawler import Crawler
from bowerbird.crawl.credentials import read_parameter, read_secret
from bowerbird.crawl.enqueue import Shipment, ship
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.tail import TailedSource
from bowerbird.crawl.hosts import Hosts, turns
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.crawl.sources import limiter, open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.net import AtprotoFetcher, HttpFetcher, WebSockets
from bowerbird.net.user_agent import names_contact
from bowerbird.removal.told import purge_removed


def crawl_once(settings: CrawlSettings) -> Callable[[Callable[[], bool]], Shipment]:
    """One crawl of the configured source to the queue, for as long as the argument answers true."""
    settings = _with_credentials(settings)
    hosts = turns()
    http = AtprotoFetcher(HttpFetcher(user_agent=settings.agent, turns=hosts))
    crawler = Crawler(http, Hosts.found(settings.host_keys()))
    sqs = boto3.client("sqs", endpoint_url=settings.endpoint_url, config=PATIENCE)
    queue = SqsQueue(sqs, settings.queue_url, settings.dead_letter_url)
    s3 = boto3.client("s3", endpoint_url=settings.endpoint_url, config=PATIENCE)
    context = Context(
        settings.community_list(),
        HttpFetcher(user_agent=settings.agent),  # sources take their turns themselves
        store=S3Store(s3, settings.bucket) if settings.bucket else None,
        limiter=limiter(),
        reddit=settings.reddit_app(),
        feed_token=settings.feed_token(),
        mastodon=settings.mastodon_account(),
        requests=settings.crawl_requests,
        seconds=settings.crawl_seconds,
        streams=WebSockets(user_agent=settings.agent),
        anonymous=not names_contact(settings.agent),
    ).paced()

    ledger = _ledger(settings, context.store)
    told: deque[Removals] = deque(maxlen=2)

    def run(in_time: Callable[[], bool]) -> Shipment:
        source = open_source(settings.source, context)
        shipment = ship(crawler.crawl(source), queue, in_time=in_time)
        if isinstance(source, Removing) and context.store and ledger:
            told.append(source.removed())
            for removals in told:  # the last run's too: some of what it found was still on the queue
                purge_removed(context.store, source.name, removals, now=datetime.now(UTC), ledger=ledger)
        if isinstance(source, Committing):
            source.commit()
        if isinstance(source, FollowedSource | TailedSource) and source.progress:
            shipment = replace(shipment, source=source.progress.facts())
        return replace(shipment, hosts=hosts.take())

    return run


def _ledger(settings: CrawlSettings, store: ObjectStore | None) -> Ledger | None:
    """The filter's, to redact what is purged; only sources that take back are given one."""
    if store is None or not settings.ledger_table:
        return None
    client = boto3.client("dynamodb", endpoint_url=settings.endpoint_url, config=PATIENCE)
    return DynamoLedger(client, settings.ledger_table, store)


def _with_credentials(settings: CrawlSettings) -> CrawlSettings:
    """Read once, when the function starts: a changed secret is taken by the next start."""
    endpoint = settings.endpoint_url
    if settings.credentials_secret:
        client = boto3.client("secretsmanager", endpoint_url=endpoint, config=PATIENCE)
        settings = settings.with_credentials(read_secret(client, settings.credentials_secret))
    if settings.credentials_parameter:
        client = boto3.client("ssm", endpoint_url=endpoint, config=PATIENCE)
        settings = settings.with_credentials(read_parameter(client, settings.credentials_parameter))
    return settings
