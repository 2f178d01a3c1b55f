"""A run of about sixty decisions in the shapes that the filter writes, with painted landscapes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image

from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.keys import thumb_key
from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Reason
from bowerbird.review.sheet import Reference
from tests.fakes import FakeStore

THRESHOLD: Final = 104.5

# stage, reason, how many, whether the picture was decoded
REJECTIONS: Final = (
    ("novelty", "novelty: 89.9 is below 104.5", 14, True),
    ("declared", "too-small: 640x480 is 307200 pixels, less than 1310720", 8, False),
    ("declared", "too-wide: 3000x700, width/height above 3", 2, False),
    ("original", "gone: 404", 3, False),
    ("original", "html: a page instead of an image", 2, False),
    ("integrity", "truncated: OSError: image file is truncated", 1, False),
    ("dimensions", "too-small: 1024x768 is 786432 pixels, less than 1310720", 3, False),
    ("duplicate", "duplicate: the same bytes as k3", 2, False),
    ("watermark", "watermark: 0.930 is at or above 0.500", 2, True),
)


def landscape(seed: int, width: int = 256, height: int = 171) -> bytes:
    """A 256 px JPEG: a sky that fades, and three ranges of hills before it."""
    rng = np.random.default_rng(seed)
    sky, haze, near = rng.integers(90, 230, 3), rng.integers(150, 250, 3), rng.integers(10, 90, 3)
    rows = np.linspace(0, 1, height)[:, None, None]
    canvas = (sky * (1 - rows) + haze * rows) * np.ones((height, width, 3))
    across = np.linspace(0, 1, width)
    for depth in (0.33, 0.66, 1.0):
        waves = sum(np.sin(across * f + rng.uniform(0, 6.3)) / f for f in (3, 7, 17, 41))
        ridge = height * (0.35 + 0.45 * depth) + waves * height * 0.35 / (1 + depth)
        below = np.arange(height)[:, None] > ridge[None, :]
        canvas[below] = haze * (1 - depth) + near * depth
    target = io.BytesIO()
    Image.fromarray(canvas.clip(0, 255).astype(np.uint8)).save(target, "JPEG", quality=80)
    return target.getvalue()


def decision(candidate: str, **changes: Any) -> Decision:
    """A kept one unless told otherwise."""
    values: dict[str, Any] = {
        "candidate": candidate,
        "keep": True,
        "stage": "watermark",
        "reason": "kept",
        "bundle": "lite 1",
        "decided_at": "2026-03-01T12:00:00+00:00",
        "scores": {"novelty": 120.0, "watermark": 0.03},
        "thresholds": {"novelty": THRESHOLD, "watermark": 0.5},
        "facts": {"width": 3840, "height": 2560, "format": "JPEG", "bytes": 2_400_000},
        "submission": {
            "source": "reddit",
            "id": f"t3_{candidate}",
            "community": "EarthPorn",
            "author": "someone",
            "title": f"Dawn over the ridge, number {candidate}",
            "permalink": f"https://www.reddit.com/r/EarthPorn/comments/{candidate}/",
        },
    }
    values |= changes
    return Decision(**values | {"reason": Reason.parse(values["reason"])})


def fill(store: ObjectStore, decisions: list[Decision], picture: Callable[[int], bytes | None]) -> None:
    """Write decisions as the ledger does, and `picture(n)` as the thumbnail of the n-th."""
    by_day: dict[str, list[str]] = {}
    for number, made in enumerate(decisions):
        by_day.setdefault(made.day, []).append(encode_decision(made))
        data = picture(number)
        if data is not None:
            store.put(thumb_key(made.candidate), data, content_type="image/jpeg")
    for day, lines in by_day.items():
        text = "\n".join(lines) + "\n"
        store.put(decisions_key(day, "part-0"), text.encode(), content_type="application/x-ndjson")


def sample_run(kept: int = 24) -> tuple[list[Decision], set[int]]:
    """Decisions of a plausible hour, and the numbers of those that have a picture."""
    rng = np.random.default_rng(7)
    titles = (
        "Sunrise at Lago di Braies, Italy [OC] [6000x4000]",
        "The first snow of the year on the Tetons",
        "Aurora over Lofoten — I waited four nights for this and nearly gave up on the third",
        "夜明けの富士山 🗻 Mount Fuji before dawn",
        "Trollveggen",
    )
    made = []
    for number in range(kept):
        score = THRESHOLD + abs(rng.normal(14, 9))
        scores = {"novelty": score, "watermark": float(rng.random()) / 5}
        made.append(_titled(decision(f"k{number}", scores=scores), titles[number % len(titles)]))
    pictured = set(range(kept))
    for stage, reason, count, decoded in REJECTIONS:
        for number in range(count):
            score = THRESHOLD - abs(rng.normal(20, 60)) - 1
            if stage == "watermark":
                score = THRESHOLD + 12
            scores = {"novelty": score} if decoded else {}
            if stage == "watermark":
                scores["watermark"] = 0.93
            rejected = decision(
                f"{stage}-{reason[:5]}{number}",
                keep=False,
                stage=stage,
                reason=reason,
                scores=scores,
                thresholds={name: {"novelty": THRESHOLD, "watermark": 0.5}[name] for name in scores},
                facts={"width": 1024, "height": 768} if stage not in {"declared", "original"} else {},
            )
            if decoded:
                pictured.add(len(made))
            made.append(_titled(rejected, titles[(number + 2) % len(titles)]))
    return made, pictured


def _titled(made: Decision, title: str) -> Decision:
    made.submission["title"] = title
    return made


@pytest.fixture(scope="session")
def run() -> FakeStore:
    store = FakeStore()
    decisions, pictured = sample_run()
    fill(store, decisions, lambda number: landscape(number) if number in pictured else None)
    return store


@pytest.fixture(scope="session")
def reference() -> Reference:
    rng = np.random.default_rng(3)
    return Reference(rng.normal(118, 9, 900), rng.normal(116, 10, 300), THRESHOLD)
