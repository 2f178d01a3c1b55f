"""Wires the filter function to the parts it runs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bowerbird.adapters.aws.opening import open_bucket, open_ledger, open_likenesses, open_queue
from bowerbird.assembly import RETRY_IN_THE_CLOUD_S, Adapters, Settings, assemble, together
from bowerbird.assembly.adapters import the
from bowerbird.core.cores import cores
from bowerbird.core.decisions import Decision
from bowerbird.core.prior import StoredPrior
from bowerbird.core.usual import REJECT
from bowerbird.filter.batch import BatchFilter
from bowerbird.filter.parts import PictureLimits
from bowerbird.filter.tastes import Ledgers
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import load
from bowerbird.net import AtprotoFetcher, HostTurns, HttpFetcher
from functions.filter.settings import FilterSettings


def batch_filter(
    settings: FilterSettings, on_decision: Callable[[Decision], None], hosts: HostTurns
) -> BatchFilter:
    """Make the SQS side of the filter on S3, DynamoDB and SQS, with its models loaded."""
    endpoint, table = settings.endpoint_url, settings.ledger_table
    queue = open_queue(settings.queue_url, settings.dead_letter_url, endpoint)
    tastes = {}
    for prefix, bundle in settings.places().items():
        store = open_bucket(settings.bucket, endpoint, prefix)
        tastes[bundle] = Adapters(
            store=store,
            ledger=open_ledger(table, store, endpoint),
            likenesses=open_likenesses(table, store, endpoint),
            queue=queue,
            on_decision=on_decision,
        )
    return filter_on(tastes, settings, hosts)


def filter_on(tastes: Mapping[str, Adapters], settings: FilterSettings, hosts: HostTurns) -> BatchFilter:
    """Make the SQS side of the filter for bundles, each on any store, ledger and index; the queue is one."""
    at_once = cores(settings.memory_mb)
    web = HttpFetcher(user_agent=settings.agent, gateway=settings.gateway, turns=hosts)
    fetcher, decoder = AtprotoFetcher(web), IsolatedDecoder(workers=at_once)
    scout = load(settings.scout) if settings.scout else None
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
    assemblies = [
        assemble(
            replace(
                adapters,
                fetcher=fetcher,
                decoder=decoder,
                bundle=load(bundle),
                scout=scout,
                prior=StoredPrior(the(adapters.store, "store")) if settings.prior == REJECT else None,
            ),
            told,
        )
        for bundle, adapters in tastes.items()
    ]
    ledgers = Ledgers([the(adapters.ledger, "ledger") for adapters in tastes.values()])
    return BatchFilter(together.consumer(assemblies), ledgers)
