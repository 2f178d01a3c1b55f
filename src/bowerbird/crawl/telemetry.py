"""Turns the health of sources and picture hosts into metrics: a number for each state of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from bowerbird.crawl.hosts import watched

_NAMESPACE: Final = "Bowerbird"


def tell_run(metrics: Metrics, source: str, shipment: Mapping[str, Any]) -> None:
    """Count what a run found (see `bowerbird.crawl.enqueue.CrawlCounts`) and how its source and hosts are."""
    metrics.add_metric("Candidates", MetricUnit.Count, shipment["candidates"])
    metrics.add_metric("New", MetricUnit.Count, shipment["new"])
    metrics.add_metric("Skipped", MetricUnit.Count, sum(shipment["skipped"].values()))
    tell_hosts(shipment["hosts"])
    if shipment["source"]:
        metrics.add_metric("GapPosts", MetricUnit.Count, shipment["source"]["gap_posts"])
        metrics.add_metric("SourceRequests", MetricUnit.Count, shipment["source"]["requests"])
        tell_source(source, shipment["source"]["health"])


def tell_source(source: str, health: str) -> None:
    """Count one run that found the source ok, empty, throttled, blocked or unreachable."""
    _tell("SourceHealth", 1, {"source": source, "health": health})


def tell_hosts(hosts: Mapping[str, Mapping[str, int]]) -> None:
    """Count what hosts in trouble answered: answered, forbidden, busy, unreachable, postponed.

    Hosts that no rule has watched are counted together, and named in the log. Links name any number of hosts,
    and CloudWatch charges for each metric, so strangers must not be able to make one.
    """
    own = watched()
    counts: Counter[tuple[str, str]] = Counter()
    for host, words in hosts.items():
        for word, count in words.items():
            counts[host if host in own else "other", word] += count
    for (host, word), count in counts.items():
        _tell("HostHealth", count, {"host": host, "health": word})


def _tell(name: str, value: int, dimensions: Mapping[str, str]) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace=_NAMESPACE) as metric:
        for dimension, said in dimensions.items():
            metric.add_dimension(name=dimension, value=said)
