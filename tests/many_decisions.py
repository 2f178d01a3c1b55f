"""A place with thousands of decisions, in memory, with pictures as large as real small copies are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.decisions import Decision
from bowerbird.core.keys import thumb_key
from bowerbird.core.reasons import Reason
from tests.fakes import FakeStore

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@dataclass(frozen=True)
class Many:
    """How many there are."""

    kept: int = 600
    unlike: int = 2900
    small: int = 900
    gone: int = 600

    @property
    def all(self) -> int:
        return self.kept + self.unlike + self.small + self.gone


@cache
def small_copy(seed: int) -> bytes:
    """A JPEG of 256 x 192 and about 12 KB: real small copies have 5 to 25 KB."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    target = io.BytesIO()
    coarse.resize((256, 192), Image.Resampling.BICUBIC).save(target, "JPEG", quality=82)
    return target.getvalue()


def decided(number: int, stage: str, reason: str, day: str = "2026-03-01") -> Decision:
    keep = reason == "kept"
    scores = (
        {"novelty": 10 + number / 100 if keep else 9 - number / 100} if stage == "novelty" or keep else {}
    )
    name = f"{stage}{number}{keep}{day}"
    return Decision(
        candidate=name,
        keep=keep,
        stage=stage,
        reason=Reason.parse(reason),
        bundle="lite@1",
        decided_at=f"{day}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.000Z",
        scores=scores,
        thresholds={"novelty": 10.0} if scores else {},
        facts={"host": "reddit", "width": 3000, "height": 2000},
        submission={
            "source": "reddit",
            "id": name,
            "title": f"Number {number} {HOSTILE if number == 0 else ''}",
            "community": f"place{number % 40}",
            "author": f"author{number % 90}",
            "permalink": f"https://www.reddit.com/comments/{name}/",
        },
    )


def many(counts: Many | None = None, day: str = "2026-03-01", store: FakeStore | None = None) -> FakeStore:
    """Decisions of one day, and small copies of what was decoded; the same reason comes from two stages."""
    counts, store = counts or Many(), store or FakeStore()
    lines = [decided(n, "watermark", "kept", day) for n in range(counts.kept)]
    lines += [decided(n, "novelty", "novelty: below", day) for n in range(counts.unlike)]
    lines += [
        decided(n, "declared" if n % 3 else "dimensions", "too-small: 640x480", day)
        for n in range(counts.small)
    ]
    lines += [decided(n, "original", "gone: 404", day) for n in range(counts.gone)]
    for number, line in enumerate(lines):
        if line.keep or line.stage == "novelty":
            store.put(thumb_key(line.candidate), small_copy(number % 24), content_type="image/jpeg")
    store.put(decisions_key(day, "part"), log_file(lines), content_type="application/x-ndjson")
    return store
