"""What needs an exact answer; the other states are in tests/integration/sources/test_doctor.py."""

from __future__ import annotations

from bowerbird.core.errors import RetryableError
from bowerbird.core.reasons import Word
from bowerbird.crawl.host_health import HostState, host_state
from bowerbird.crawl.hosts import Hosts
from tests.unit.crawl.fakes import FakeFetcher

LINK = "https://i.imgur.com/7xAFPmc.jpg"


def test_a_throttled_host_says_until_when() -> None:
    fetcher = FakeFetcher(
        otherwise=RetryableError("i.imgur.com answered 429", Word.BUSY, status=429, retry_after_s=90)
    )
    told = "busy: i.imgur.com answered 429: may be asked again in 90 s"
    assert host_state(LINK, Hosts.found(), fetcher) == HostState("i.imgur.com", "throttled", told)
