"""The crawl function's further environment; nothing else reads it."""

from __future__ import annotations

from bowerbird.crawl.settings import CrawlSettings


class CrawlFunctionSettings(CrawlSettings):
    """What is an option of `bowerbird mine` at home, and a parameter of the template in the cloud."""

    fill_gaps: bool = False
    focus: bool = False
    tastes: str = ""
