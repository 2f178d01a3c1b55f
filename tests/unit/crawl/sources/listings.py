"""A listing over a fake fetcher, on a clock that only sleeping moves."""

from __future__ import annotations

from collections.abc import Mapping

from bowerbird.core.errors import BowerbirdError
from bowerbird.crawl.sources.listing import Explain, Listing, RunBudget, fetching, unexplained
from bowerbird.net.limiter import Limit, Limiter
from tests.fakes import FakeFetcher


class Pages:
    """Pages by address; `asked` names the requests made, `now` the simulated time."""

    def __init__(
        self,
        answers: Mapping[str, bytes | BowerbirdError],
        *,
        requests: int = 20,
        seconds: float = 60,
        limit: Limit = Limit(1000, 60),  # noqa: B008 - a value that cannot change
        explain: Explain = unexplained,
    ) -> None:
        self.now = 0.0
        self.fetcher = FakeFetcher(answers)
        limiter = Limiter({}, limit, clock=lambda: self.now, sleep=self._sleep, jitter=lambda: 1.0)
        budget = RunBudget(requests, seconds, lambda: self.now)
        self.listing = Listing("fake", fetching(self.fetcher, "*/*"), limiter, budget, explain)

    @property
    def asked(self) -> list[str]:
        return self.fetcher.asked

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
