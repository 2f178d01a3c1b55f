"""Wires the filter function."""

from __future__ import annotations

from collections.abc import Callable
from threading import Semaphore

import boto3

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.aws.timeouts import PATIENCE
from bowerbird.core.decisions import Decision
from bowerbird.core.ports import Ledger, ObjectStore, Queue
from bowerbird.crawl.hosts import placeholders
from bowerbird.filter.batch import BatchFilter
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.consumer import Consumer
from bowerbird.filter.cores import cores
from bowerbird.filter.parts import Parts, PictureLimits
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.survivors import Survivors
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import load
from bowerbird.net import AtprotoFetcher, HostTurns, HttpFetcher
from functions.filter.settings import FilterSettings

# The first retry waits half a minute: a picture host that is down is rarely back in a second.
_BASE_DELAY_S = 30.0


def batch_filter(
    settings: FilterSettings, on_decision: Callable[[Decision], None], hosts: HostTurns
) -> BatchFilter:
    """The SQS side of the filter, with its models loaded, on S3, DynamoDB and SQS."""
    store = S3Store(boto3.client("s3", endpoint_url=settings.endpoint_url, config=PATIENCE), settings.bucket)
    dynamodb = boto3.client("dynamodb", endpoint_url=settings.endpoint_url, config=PATIENCE)
    ledger = DynamoLedger(dynamodb, settings.ledger_table, store)
    sqs = boto3.client("sqs", endpoint_url=settings.endpoint_url, config=PATIENCE)
    queue = SqsQueue(sqs, settings.queue_url, settings.dead_letter_url)
    return filter_on(store, ledger, queue, settings, on_decision, hosts)


def filter_on(  # noqa: PLR0913, PLR0917 - three adapters, and what is told of the rest
    store: ObjectStore,
    ledger: Ledger,
    queue: Queue,
    settings: FilterSettings,
    on_decision: Callable[[Decision], None],
    hosts: HostTurns,
) -> BatchFilter:
    """The same on any adapters."""
    bundle = load(settings.bundle)
    width = cores(settings.memory_mb)
    parts = Parts(
        bundle,
        Semaphore(width),
        fetcher=AtprotoFetcher(HttpFetcher(user_agent=settings.agent, gateway=settings.gateway, turns=hosts)),
        ledger=ledger,
        decoder=IsolatedDecoder(workers=width),
        shape=settings.shape(),
        limits=PictureLimits(bytes=settings.max_bytes),
        asked=settings.asked(),
        placeholders=placeholders(),
    )
    candidates = CandidateFilter(
        pipeline(parts, Entrance.QUEUE), ledger, Survivors(store, ledger), bundle.label
    )
    consumer = Consumer(
        candidates,
        queue,
        max_receives=settings.max_receives,
        base_delay_s=_BASE_DELAY_S,
        on_decision=on_decision,
    )
    return BatchFilter(consumer, ledger)
