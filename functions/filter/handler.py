"""SQS → verdicts. The models load with the module, in Lambda's INIT phase."""

from __future__ import annotations

from typing import Any

from functions.filter.bootstrap import batch_filter
from functions.filter.settings import FilterSettings

_FILTER = batch_filter(FilterSettings())  # type: ignore[call-arg]  # pydantic reads the environment


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Judge one batch of candidates."""
    return _FILTER.handle(event)
