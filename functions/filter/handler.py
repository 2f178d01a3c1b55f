"""Judges candidates from SQS. The models load with the module, in Lambda's INIT phase."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.utilities.typing import LambdaContext

from bowerbird.crawl.hosts import turns
from bowerbird.filter.telemetry import Telemetry
from functions.filter.settings import FilterSettings
from functions.filter.wiring import batch_filter

_logger = Logger(service="filter")
_metrics = Metrics(namespace="Bowerbird", service="filter")
_telemetry = Telemetry(_logger, _metrics)
_hosts = turns()
_FILTER = batch_filter(
    FilterSettings(),  # type: ignore[call-arg]  # pydantic reads the environment
    on_decision=_telemetry.decided,
    hosts=_hosts,
)
copy_config_to_registered_loggers(_logger, include={"bowerbird.filter.consumer"})


@_logger.inject_lambda_context
@_metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's call
    """Judge one batch of candidates."""
    answer = _FILTER.handle(event)
    _telemetry.settled(answer, _hosts.take())
    return answer
