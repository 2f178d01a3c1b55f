"""Wires the filter function to the parts it runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bowerbird.adapters.aws.opening import open_bucket, open_ledger, open_likenesses, open_queue
from bowerbird.assembly import RETRY_IN_THE_CLOUD_S, Adapters, Settings, assemble
from bowerbird.assembly.adapters import the
from bowerbird.core.cores import cores
from bowerbird.core.decisions import Decision
from bowerbird.core.prior import StoredPrior
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
    endpoint, table = settings.endpoint_url, settings.ledger_table
    store = open_bucket(settings.bucket, endpoint)
    adapters = Adapters(
        store=store,
        ledger=open_ledger(table, store, endpoint),
        likenesses=open_likenesses(table, endpoint),
        queue=open_queue(settings.queue_url, settings.dead_letter_url, endpoint),
        on_decision=on_decision,
    )
    return filter_on(adapters, settings, hosts)


def filter_on(adapters: Adapters, settings: FilterSettings, hosts: HostTurns) -> BatchFilter:
    """Make the SQS side of the filter on any store, ledger, index and queue."""
    at_once = cores(settings.memory_mb)
    web = HttpFetcher(user_agent=settings.agent, gateway=settings.gateway, turns=hosts)
    adapters = replace(
        adapters,
        fetcher=AtprotoFetcher(web),
        decoder=IsolatedDecoder(workers=at_once),
        bundle=load(settings.bundle),
        scout=load(settings.scout) if settings.scout else None,
        prior=StoredPrior(the(adapters.store, "store")),
    )
    told = Settings(
        shape=settings.shape(),
        limits=PictureLimits(bytes=settings.max_bytes),
        asked=settings.asked(),
        watermark=settings.watermark,
        thumbnails=settings.thumbnails,
        at_once=at_once,
        max_receives=settings.max_receives,
        first_retry_s=RETRY_IN_THE_CLOUD_S,
    )
    return BatchFilter(assemble(adapters, told).consumer, the(adapters.ledger, "ledger"))
