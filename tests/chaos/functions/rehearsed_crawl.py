"""The crawl function, as it is wired, but for the world: every request to a site goes to one server.

It is imported from the built layers, on Lambda's runtime, so it needs nothing of the tests.
"""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from typing import Any

from bowerbird.crawl.hosts import turns
from bowerbird.net import AtprotoFetcher, HttpFetcher
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import cloud, crawl_on

_SETTINGS, _HOSTS = CrawlFunctionSettings(), turns()
_WEB = HttpFetcher(user_agent=_SETTINGS.agent, gateway=os.environ["GATEWAY"])
_ADAPTERS = replace(cloud(_SETTINGS, _HOSTS), fetcher=AtprotoFetcher(_WEB), pages=_WEB)
_CRAWL = crawl_on(_ADAPTERS, _SETTINGS, _HOSTS)


def handler(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Crawl as the function's own handler does."""
    return asdict(_CRAWL(lambda: context.get_remaining_time_in_millis() > 15_000))
