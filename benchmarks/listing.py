"""Submissions to candidates, as a crawl makes them, with nobody to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bowerbird.core.errors import InvalidMessageError, PermanentError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Fetched
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.sources.reddit_post import parse_post


class Nobody:
    """Answers no link."""

    def fetch(self, url: str, **_: Any) -> Fetched:
        """Say so."""
        raise PermanentError(f"{url} is not followed")


def crawled(posts: Iterable[dict[str, Any]]) -> Iterator[Candidate | Skipped]:
    """Candidates of Reddit's submissions, or why there is none."""
    crawler = Crawler(Nobody(), sleep=lambda _: None)
    for each in posts:
        try:
            post = parse_post(each, source="reddit")
        except InvalidMessageError:
            yield Skipped("-", Reason(Word.ERROR, "no submission"))
        else:
            yield from crawler.look(post)
