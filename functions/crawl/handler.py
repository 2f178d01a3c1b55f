"""EventBridge schedule → one crawl; the answer counts what it found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.crawl.bootstrap import crawl_once
from functions.crawl.settings import CrawlSettings

_logger = Logger(service="crawl")
_metrics = Metrics(namespace="Bowerbird", service="crawl")
_CRAWL = crawl_once(CrawlSettings())

# Enough to send the last batch and answer.
_RESERVE_MS = 15_000


@_logger.inject_lambda_context
@_metrics.log_metrics
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Crawl until the source is through or the time is nearly up; a blocked source fails the call."""
    shipment = asdict(_CRAWL(lambda: context.get_remaining_time_in_millis() > _RESERVE_MS))
    _logger.info("crawled", **shipment)
    _metrics.add_metric("New", MetricUnit.Count, shipment["new"])
    _metrics.add_metric("Skipped", MetricUnit.Count, sum(shipment["skipped"].values()))
    if shipment["source"]:
        _metrics.add_metric("GapPosts", MetricUnit.Count, shipment["source"]["gap_posts"])
        _metrics.add_metric("SourceRequests", MetricUnit.Count, shipment["source"]["requests"])
    return shipment
