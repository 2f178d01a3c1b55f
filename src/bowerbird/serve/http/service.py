"""Holds what the routes need, wired once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from bowerbird.serve.http.gate import Room
from bowerbird.serve.http.judge import Judges
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.schema import BundleAnswer, VerdictAnswer
from bowerbird.serve.http.streaming import in_order

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Service:
    """Judges pictures in a pool of threads.

    It works on `width` pictures of one request at once, or on `downloads` when it has to fetch them.
    """

    judges: Judges
    bundle: BundleAnswer
    limits: Limits
    pool: Executor
    room: Room
    width: int
    downloads: int

    async def judge(
        self, items: AsyncIterator[_Item], judge: Callable[[_Item], VerdictAnswer], width: int
    ) -> AsyncIterator[VerdictAnswer]:
        """Judge the items, and give the verdicts in the items' order."""
        async for verdict in in_order(items, judge, self.pool, width):
            yield verdict
