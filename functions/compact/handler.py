"""Makes one file of each finished day's decisions, once a day. The answer counts the days and their files.

It also learns from the decisions, for no other function reads so many: which communities the crawl focuses
on, and which posts are not worth a look.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.compact.settings import CompactSettings
from functions.compact.wiring import night

_logger = Logger(service="compact")
_NIGHT = night(CompactSettings())  # type: ignore[call-arg]  # pydantic reads the environment

# Most days, and a model of 200,000 decisions, are done in less.
_RESERVE_MS = 300_000


@_logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compact day by day, the oldest first, then fit the models, until the time is nearly up."""
    done = _NIGHT(lambda: context.get_remaining_time_in_millis() > _RESERVE_MS, _logger.info)
    return asdict(done)
