"""What all of Bluesky, and ten times that, costs a day in the cloud: arithmetic, and a queue by minutes.

    python -m benchmarks.growth

Nothing is measured here. Prices and requests are those of docs/cost.md, processor time is that of
docs/performance.md, rounded up. docs/research/scale.md shows the tables and says what follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

A_DAY: Final = 200_000
OWNERS: Final = 1_000

# Dollars, us-east-1: docs/cost.md.
_GB_SECOND, _INVOCATION = 16.67e-6, 0.2e-6
_SQS, _READ, _WRITE, _PUT, _GET = 0.4e-6, 0.125e-6, 0.625e-6, 5e-6, 0.4e-6
_S3_GB_MONTH, _TABLE_GB_MONTH, _LOG_GB = 0.023, 0.25, 0.5

_FILTER_GB, _CRAWL_GB = 1.73, 0.5
_BATCH: Final = 10
_EVENTS_A_PICTURE: Final = 60 * 86_400 / A_DAY  # sixty posts a second
_EVENTS_READ_A_SECOND: Final = 5_500  # docs/sources.md

_WAIT_S: Final = 0.1  # a batch of ten waits a second for its pictures
_CASCADE_S: Final = 0.02  # lite, the hopeless turned down by a glance
_EMBED_S: Final = (
    0.03  # a preview fetched, decoded and embedded: of 1,000 owners somebody wants a closer look
)
_TASTE_S: Final = 0.0012  # neighbours and background of one taste, embedding given
_HEAD_S: Final = 0.5e-6  # one product of 1,472 numbers, of many in one matrix
_PAST_HEAD: Final = 0.05  # of the tastes, those whose head does not turn a picture down

_KEPT: Final = 0.005  # by one owner
_ALIKE: Final = 10  # so many owners like the same pictures: 1,000 are as 100 that have nothing in common
_PICTURE_GB: Final = 0.7e-3
_LINE_GB, _LOG_LINE_GB, _EMBEDDING_GB, _SCORE_GB = 840e-9, 960e-9, 2944e-9, 2e-9


@dataclass(frozen=True, slots=True)
class Case:
    """So many pictures a day for so many owners; `stacks` crawls of their own, or one with `columns` or not.

    With `columns`, a small head of each taste comes first, a batch's scores are one file, the ledger knows a
    picture once, an owner's kept pictures are told hourly, and a batch is one line of the log.
    """

    name: str
    pictures: int
    owners: int
    stacks: int = 1
    columns: bool = False

    @property
    def seconds(self) -> float:
        """Of a filter function, a picture."""
        tastes = self.owners / self.stacks
        if tastes == 1:
            return _WAIT_S + _CASCADE_S
        scoring = tastes * (_HEAD_S + _PAST_HEAD * _TASTE_S) if self.columns else tastes * _TASTE_S
        return _WAIT_S + _EMBED_S + scoring

    def dollars(self) -> dict[str, float]:
        """A day, by part; storage is what a day adds to a month's bill."""
        seen, batches = self.pictures * self.stacks, self.pictures * self.stacks / _BATCH
        decided = seen if self.columns else self.pictures * self.owners
        kept = self.pictures * self.owners * _KEPT
        told = self.owners * 24 if self.columns else kept  # an owner's list, hourly; or each picture
        stored = (
            kept if self.stacks > 1 else self.pictures * (1 - (1 - _KEPT) ** max(1, self.owners / _ALIKE))
        )
        lines = seen * (_EMBEDDING_GB + _SCORE_GB * self.owners) if self.columns else decided * _LINE_GB
        logged = batches * _LOG_LINE_GB if self.columns else decided * _LOG_LINE_GB
        memory = max(_FILTER_GB, 0.5 + self.memory_gb())
        crawl_s = seen * _EVENTS_A_PICTURE / _EVENTS_READ_A_SECOND
        return {
            "SQS": 3 * batches * _SQS,
            "Lambda, crawl": crawl_s * _CRAWL_GB * _GB_SECOND,
            "Lambda, filter": seen * self.seconds * memory * _GB_SECOND + batches * _INVOCATION,
            "DynamoDB": decided * (4 * _READ + _WRITE) + (stored if self.columns else kept) * 4 * _WRITE,
            "S3, requests": seen * _GET + batches * _PUT + (stored + told) * _PUT,
            "logs": logged * _LOG_GB,
            "S3, a month of the day's pictures": stored * _PICTURE_GB * _S3_GB_MONTH,
            "S3, a month of its lines": lines * _S3_GB_MONTH,
            "DynamoDB, a month of its items": decided * _LINE_GB * _TABLE_GB_MONTH,
        }

    def memory_gb(self) -> float:
        """Of the tastes in one function: references widened to 32 bits, or heads with references in 16."""
        references = 1_091 * 1_472 * (2 if self.columns else 4)
        return self.owners / self.stacks * (references + 1_472 * 4) / 1e9


CASES: Final = tuple(
    case
    for pictures in (A_DAY, 10 * A_DAY)
    for case in (
        Case("1 owner", pictures, 1),
        Case("1,000 stacks", pictures, OWNERS, stacks=OWNERS),
        Case("1,000, one crawl", pictures, OWNERS),
        Case("the same, changed", pictures, OWNERS, columns=True),
    )
)


def longest_wait_min(case: Case, at_once: int, outage_h: int = 0) -> float:
    """Minutes that the queue's oldest picture waits at worst, in three days.

    More pictures come by day than by night: from half to one and a half of the mean. During an outage of
    `outage_h` hours, until the first noon, nothing comes; then all that was missed comes at once.
    """
    waiting = worst = missed = 0.0
    capacity = at_once / case.seconds * 60
    for minute in range(3 * 1440):
        comes = case.pictures / 1440 * (1 - 0.5 * math.cos(minute / 1440 * 2 * math.pi))
        if 0 <= 720 - minute < outage_h * 60:
            missed += comes
            continue
        waiting = max(0.0, waiting + comes + missed - capacity)
        missed = 0.0
        worst = max(worst, waiting / capacity)
    return worst if waiting < capacity else math.inf


def main() -> None:
    """Print the tables."""
    print("| dollars a day | " + " | ".join(f"{case.name}, {case.pictures:,}" for case in CASES) + " |")
    print("| --- " * (len(CASES) + 1) + "|")
    bills = [case.dollars() for case in CASES]
    for part in bills[0]:
        print(f"| {part} | " + " | ".join(_dollars(bill[part]) for bill in bills) + " |")
    print("| together | " + " | ".join(_dollars(sum(bill.values())) for bill in bills) + " |")
    print("| filter, s a picture | " + " | ".join(f"{case.seconds:.2f}" for case in CASES) + " |")
    print("| tastes in memory, GB | " + " | ".join(f"{case.memory_gb():.2f}" for case in CASES) + " |")
    print("\n| batches at once | " + " | ".join(f"{each.name}, {each.pictures:,}" for each in _QUEUES) + " |")
    print("| --- " * (len(_QUEUES) + 1) + "|")
    for at_once in (4, 16, 64, 256):
        waits = (
            f"{_minutes(longest_wait_min(case, at_once))}, {_minutes(longest_wait_min(case, at_once, 6))}"
            for case in _QUEUES
        )
        print(f"| {at_once} | " + " | ".join(waits) + " |")


_QUEUES: Final = tuple(case for case in CASES if case.stacks == 1)


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.2f}"  # noqa: PLR2004 - cents of hundreds tell nothing


def _minutes(wait: float) -> str:
    return "never done" if math.isinf(wait) else f"{wait:.0f} min"


if __name__ == "__main__":
    main()
