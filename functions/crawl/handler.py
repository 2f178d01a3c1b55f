"""EventBridge schedule → one crawl; the answer counts what it found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from functions.crawl.bootstrap import crawl_once
from functions.crawl.settings import CrawlSettings

_CRAWL = crawl_once(CrawlSettings())

# Enough to send the last batch and answer.
_RESERVE_MS = 15_000


class _Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def handler(_event: dict[str, Any], context: _Context) -> dict[str, Any]:
    """Crawl until the source is through or the time is nearly up."""
    return asdict(_CRAWL(lambda: context.get_remaining_time_in_millis() > _RESERVE_MS))
