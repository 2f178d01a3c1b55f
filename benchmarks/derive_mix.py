"""Derives what a stream is made of from recorded listings.

    python -m benchmarks.derive_mix RECORDINGS [--since 2020] [--out FILE]

RECORDINGS is a folder with `posts.jsonl`, one submission a line, and with polls of a listing in the shape
that PRAW's recordings have (`*.json`, in the folder or below it). They are read as `mine` reads them. No link
is followed. Only numbers come out: shares with their counts, and sizes. The recordings stay where they are.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.listing import crawled
from bowerbird.core.messages import Candidate
from bowerbird.crawl.crawler import Skipped
from bowerbird.crawl.rules import counted_as
from bowerbird.filter.shape import NOMADS

MIX: Final = Path(__file__).resolve().parent / "mix" / "r_all.json"

#: What the original kept of r/all, as the owner of this project tells: no listing can show it.
_KEPT, _HOURS = 154, 14

_QUANTILES: Final = 20
_PREVIEWS_OF_REDDIT: Final = (108, 216, 320, 640, 960, 1080)


@dataclass(slots=True)
class Recording:
    """What one recording holds; `seconds` is the time between the first and the last post of a poll."""

    name: str
    posts: int = 0
    seconds: float | None = None
    candidates: dict[str, Candidate] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)

    def shares(self) -> dict[str, int]:
        """How many candidates are of each kind."""
        return Counter(kind(each) for each in self.candidates.values())


def main() -> None:
    """Write the mix, and print what it says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.derive_mix", description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--since", type=int, default=2020, help="leave out older posts (default: 2020)")
    parser.add_argument("--out", type=Path, default=MIX)
    arguments = parser.parse_args()
    found = list(recordings(arguments.recordings, arguments.since))
    if not found:
        raise SystemExit(f"{arguments.recordings} holds no posts.jsonl and no recorded polls")
    derived = derive(found, arguments.since)
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(json.dumps(derived, indent=1) + "\n")
    print(json.dumps({key: value for key, value in derived.items() if key != "sizes"}, indent=1))


def recordings(folder: Path, since: int) -> Iterator[Recording]:
    """Read all recordings of a folder."""
    file = folder / "posts.jsonl"
    if file.exists():
        posts = [json.loads(line) for line in file.open("rb") if line.strip()]
        yield _read(file.name, [each for each in posts if _year(each) >= since])
    for path in sorted(folder.rglob("*.json")):
        recording = json.loads(path.read_text())
        if "interactions" in recording:
            posts = list(_poll(recording))
            times = [each["created_utc"] for each in posts]
            yield _read(path.name, posts, max(times) - min(times))


def kind(candidate: Candidate) -> str:
    """What a listing tells of a candidate."""
    if candidate.width is None or candidate.height is None:
        return "undeclared, a rule names copies" if candidate.previews else "undeclared"
    if NOMADS.reason(candidate.width, candidate.height):
        return "declared unfit"
    return "declared, with previews" if candidate.previews else "declared, without previews"


def derive(found: Sequence[Recording], since: int) -> dict[str, Any]:
    """All numbers; of the polls, those of `since` and later count for the shares."""
    recent = [each for each in found if _last_year(each) >= since]
    candidates = [each for recording in recent for each in recording.candidates.values()]
    fit = [each for each in candidates if kind(each).startswith("declared, ")]
    return {
        "derived by": "benchmarks/derive_mix.py",
        "sources": [_told(each, counts=each in recent) for each in found],
        "candidates": len(candidates),
        "counts": dict(Counter(kind(each) for each in candidates).most_common()),
        "png": {name: sum(map(_is_png, some)) for name, some in _by_kind(candidates).items()},
        "same link as another": len(candidates) - len({each.urls[0] for each in candidates}),
        "fit": {
            "megapixel deciles": _deciles([(each.width or 0) * (each.height or 0) / 1e6 for each in fit]),
            "aspect deciles (width / height)": _deciles(
                [(each.width or 0) / (each.height or 1) for each in fit]
            ),
            "taller than wide": sum((each.width or 0) < (each.height or 0) for each in fit),
            "previews by width": {
                str(width): sum(any(copy.width == width for copy in each.previews) for each in fit)
                for width in _PREVIEWS_OF_REDDIT
            },
        },
        "kept": _kept(found),
        "sizes": {
            "declared unfit": _sizes(
                [each for each in candidates if kind(each) == "declared unfit"], png=False
            ),
            "fit": _sizes(fit, png=False),
            "fit PNG": _sizes(fit, png=True),
        },
    }


def _read(name: str, posts: Sequence[dict[str, Any]], seconds: float | None = None) -> Recording:
    recording = Recording(name, len(posts), seconds)
    for found in crawled(posts):
        if isinstance(found, Skipped):
            recording.skipped[counted_as(found.reason)] += 1
        else:
            recording.candidates.setdefault(found.id, found)
    return recording


def _poll(recording: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in recording["interactions"]:
        if each["request"]["method"] == "GET":
            for child in json.loads(each["response"]["body"]["string"])["data"]["children"]:
                yield child["data"]


def _told(recording: Recording, *, counts: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": recording.name,
        "counts": counts,
        "posts": recording.posts,
        "candidates": len(recording.candidates),
        "kinds": recording.shares(),
        "skipped": dict(recording.skipped.most_common()),
    }
    if recording.seconds:
        told["candidates an hour"] = round(_an_hour(recording))
    return told


def _kept(found: Sequence[Recording]) -> dict[str, Any]:
    shares = sorted(_KEPT / _HOURS / _an_hour(each) for each in found if each.seconds)
    by_polls = " to ".join(f"{each:.2%}" for each in shares)
    return {
        "share": round(shares[-1], 4),
        "from": f"{_KEPT} kept pictures in {_HOURS} hours, as the owner tells; by the polls' candidates an"
        f" hour that is {by_polls}. The highest is used: it costs us most",
    }


def _an_hour(recording: Recording) -> float:
    return len(recording.candidates) / (recording.seconds or 1) * 3600


def _by_kind(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    kinds = dict.fromkeys(kind(each) for each in candidates)
    return {name: [each for each in candidates if kind(each) == name] for name in kinds}


def _is_png(candidate: Candidate) -> bool:
    return candidate.urls[0].partition("?")[0].lower().endswith(".png")


def _sizes(candidates: Sequence[Candidate], *, png: bool) -> list[tuple[int, int]]:
    """Declared sizes at equal steps of the area, with the aspect that each has."""
    sizes = [(each.width or 0, each.height or 0) for each in candidates if _is_png(each) == png]
    sizes.sort(key=lambda size: size[0] * size[1])
    return [sizes[int((step + 0.5) / _QUANTILES * len(sizes))] for step in range(_QUANTILES)]


def _deciles(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [round(ordered[len(ordered) * tenth // 10], 2) for tenth in range(1, 10)]


def _year(post: dict[str, Any]) -> int:
    return datetime.fromtimestamp(post.get("created_utc") or 0, UTC).year


def _last_year(recording: Recording) -> int:
    times = [each.submission.created_utc or 0 for each in recording.candidates.values()]
    return datetime.fromtimestamp(max(times, default=0), UTC).year


if __name__ == "__main__":
    main()
