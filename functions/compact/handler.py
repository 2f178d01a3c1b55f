"""Makes one file of each finished day's decisions, once a day. The answer counts the days and their files.

It also finds the communities that the crawl focuses on: no other function reads so many decisions.
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

# Most days are done in less; one that is cut off is done the next day, and loses nothing.
_RESERVE_MS = 300_000


@_logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compact day by day, the oldest first, until none is left or the time is nearly up."""
    best = _NIGHT.best()
    days = files = 0
    for day in _NIGHT.days():
        _logger.info("compacted", **asdict(day))
        days, files = days + 1, files + day.files
        if context.get_remaining_time_in_millis() < _RESERVE_MS:
            break
    return {"days": days, "files": files, "best": best}
