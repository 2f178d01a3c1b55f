"""Delivers new pictures to scenery. S3 announces each one through SQS."""

from __future__ import annotations

from typing import Any

from functions.deliver.settings import DeliverSettings
from functions.deliver.wiring import delivery_batch

_BATCH = delivery_batch(DeliverSettings())  # type: ignore[call-arg]  # pydantic reads the environment


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Deliver the survivors that one batch announces."""
    return _BATCH(event)
