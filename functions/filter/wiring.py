"""Wires the filter function to the parts it runs on."""

from __future__ import annotations

from collections.abc import Callable

from bowerbird.adapters.aws.opening import open_bucket, open_ledger, open_queue
from bowerbird.assembly import RETRY_IN_THE_CLOUD_S, Adapters, Settings, assemble
from bowerbird.core.cores import cores
from bowerbird.core.decisions import Decision
from bowerbird.core.ports import Ledger, ObjectStore, Queue
from bowerbird.filter.batch import BatchFilter
from bowerbird.filter.parts import PictureLimits
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import load
from bowerbird.net import AtprotoFetcher, HostTurns, HttpFetcher
from functions.filter.settings import FilterSettings


def batch_filter(
    settings: FilterSettings, on_decision: Callable[[Decision], None], hosts: HostTurns
) -> BatchFilter:
    """Make the SQS side of the filter on S3, DynamoDB and SQS, with its models loaded."""
    store = open_bucket(settings.bucket, settings.endpoint_url)
    ledger = open_ledger(settings.ledger_table, store, settings.endpoint_url)
    queue = open_queue(settings.queue_url, settings.dead_letter_url, settings.endpoint_url)
    return filter_on(store, ledger, queue, settings, on_decision, hosts)


def filter_on(  # noqa: PLR0913, PLR0917 - three adapters, and what is told of the rest
    store: ObjectStore,
    ledger: Ledger,
    queue: Queue,
    settings: FilterSettings,
    on_decision: Callable[[Decision], None],
    hosts: HostTurns,
) -> BatchFilter:
    """Make the SQS side of the filter on any adapters."""
    at_once = cores(settings.memory_mb)
    web = HttpFetcher(user_agent=settings.agent, gateway=settings.gateway, turns=hosts)
    adapters = Adapters(
        store=store,
        ledger=ledger,
        queue=queue,
        fetcher=AtprotoFetcher(web),
        decoder=IsolatedDecoder(workers=at_once),
        bundle=load(settings.bundle),
        on_decision=on_decision,
    )
    told = Settings(
        shape=settings.shape(),
        limits=PictureLimits(bytes=settings.max_bytes),
        asked=settings.asked(),
        at_once=at_once,
        max_receives=settings.max_receives,
        first_retry_s=RETRY_IN_THE_CLOUD_S,
    )
    return BatchFilter(assemble(adapters, told).consumer, ledger)
