"""Crawls once for each EventBridge event. The answer counts what the crawl found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.typing import LambdaContext

from bowerbird.core.errors import BowerbirdError
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.telemetry import tell_run, tell_source
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import crawl_once

_logger = Logger(service="crawl")
_metrics = Metrics(namespace="Bowerbird", service="crawl")
_SETTINGS = CrawlFunctionSettings()
_CRAWL = crawl_once(_SETTINGS)

# Enough to send the last batch and answer.
_RESERVE_MS = 15_000


@_logger.inject_lambda_context
@_metrics.log_metrics
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Crawl until the source ends or the time is nearly up. A blocked source fails the call."""
    try:
        shipment = asdict(_CRAWL(lambda: context.get_remaining_time_in_millis() > _RESERVE_MS))
    except BowerbirdError as error:
        tell_source(_SETTINGS.source, source_state(_SETTINGS.source, 0, error).health)
        raise
    _logger.info("crawled", **shipment)
    tell_run(_metrics, _SETTINGS.source, shipment)
    return shipment
