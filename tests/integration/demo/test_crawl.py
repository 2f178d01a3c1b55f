"""The hour through the crawl: candidates, and the word for why a post has none, are known beforehand."""

from __future__ import annotations

import json

from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.sources import open_source
from bowerbird.demo.host_answers import HOUR, read_answers
from bowerbird.demo.server import serving
from bowerbird.net import HttpFetcher

EXPECTED: dict[str, dict[str, str]] = json.loads((HOUR / "expected.json").read_text())


def test_the_crawl_finds_every_candidate_and_names_every_skip() -> None:
    found: dict[str, set[str]] = {}
    with serving(read_answers(HOUR / "answers.json")) as gateway:
        fetcher = HttpFetcher(user_agent="linux:bowerbird:test", gateway=gateway)
        for each in Crawler(fetcher).crawl(open_source(f"replay:{HOUR / 'hour.jsonl'}")):
            if isinstance(each, Skipped):
                found[each.submission] = {f"skipped: {each.reason.word}"}
            else:
                found.setdefault(each.submission.id, set()).add(each.urls[0])
    assert found == {
        name: {f"skipped: {word}" if key == "skipped" else key for key, word in outcomes.items()}
        for name, outcomes in EXPECTED.items()
    }
