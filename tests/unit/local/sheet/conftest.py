"""A run of about sixty decisions in the shapes that the filter writes, with painted landscapes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pytest
from bowerbird.decisions import Decision, encode_decision
from bowerbird.keys import decisions_key, thumb_key
from PIL import Image

from infra.local.sheet import Reference

THRESHOLD: Final = 104.5

# stage, reason, how many, whether the picture was decoded
REJECTIONS: Final = (
    ("novelty", "novelty: not like what the owner loves", 14, True),
    ("declared", "too-small: 640x480 declared", 8, False),
    ("declared", "aspect: 3000x700 declared", 2, False),
    ("original", "gone: HTTP 404", 3, False),
    ("original", "not-an-image: text/html", 2, False),
    ("integrity", "truncated: ends after 41,233 bytes", 1, False),
    ("size", "too-small: 1024x768", 3, True),
    ("duplicate", "duplicate: same bytes as an earlier candidate", 2, True),
    ("watermark", "watermark: text across the picture", 2, True),
)


@dataclass
class MemoryStore:
    """As much of an object store as the sheet reads."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        assert content_type
        if if_absent and key in self.objects:
            return False
        self.objects[key] = data
        return True

    def get(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def get_versioned(self, key: str) -> tuple[bytes, str] | None:
        data = self.get(key)
        return None if data is None else (data, "1")

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        raise NotImplementedError((key, len(data), content_type, version))

    def exists(self, key: str) -> bool:
        return key in self.objects

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.objects if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


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
    return Decision(**(values | changes))


def fill(store: MemoryStore, decisions: list[Decision], picture: Callable[[int], bytes | None]) -> None:
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
    rng = random.Random(7)
    titles = (
        "Sunrise at Lago di Braies, Italy [OC] [6000x4000]",
        "The first snow of the year on the Tetons",
        "Aurora over Lofoten — I waited four nights for this and nearly gave up on the third",
        "夜明けの富士山 🗻 Mount Fuji before dawn",
        "Trollveggen",
    )
    made = []
    for number in range(kept):
        score = THRESHOLD + abs(rng.gauss(14, 9))
        scores = {"novelty": score, "watermark": rng.random() / 5}
        made.append(_titled(decision(f"k{number}", scores=scores), titles[number % len(titles)]))
    pictured = set(range(kept))
    for stage, reason, count, decoded in REJECTIONS:
        for number in range(count):
            score = THRESHOLD - abs(rng.gauss(20, 60)) - 1
            if stage in {"watermark", "duplicate"}:
                score = THRESHOLD + 12
            scores = {"novelty": score} if decoded and stage != "size" else {}
            if stage == "watermark":
                scores["watermark"] = 0.93
            rejected = decision(
                f"{stage[0]}{reason[:3]}{number}",
                keep=False,
                stage=stage,
                reason=reason,
                scores=scores,
                thresholds={name: {"novelty": THRESHOLD, "watermark": 0.5}[name] for name in scores},
                facts={"width": 1024, "height": 768} if decoded else {},
            )
            if decoded:
                pictured.add(len(made))
            made.append(_titled(rejected, f"{titles[(number + 2) % len(titles)]}"))
    return made, pictured


def _titled(made: Decision, title: str) -> Decision:
    made.submission["title"] = title
    return made


@pytest.fixture(scope="session")
def run() -> MemoryStore:
    store = MemoryStore()
    decisions, pictured = sample_run()
    fill(store, decisions, lambda number: landscape(number) if number in pictured else None)
    return store


@pytest.fixture(scope="session")
def reference() -> Reference:
    rng = np.random.default_rng(3)
    return Reference(rng.normal(118, 9, 900), rng.normal(116, 10, 300), THRESHOLD)
