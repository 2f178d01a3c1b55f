"""What a bundle says of picture files on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import sched_getaffinity
from pathlib import Path

from bowerbird.core.errors import PermanentError
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Score:
    """One line of `--json`. A picture that cannot be read has no scores and is not kept."""

    path: str
    novelty: float | None
    watermark: float | None
    keep: bool
    reason: str
    bundle: str


def score_files(paths: list[Path], bundle: Bundle) -> Iterator[Score]:
    """Judge files, several at once, in order."""
    with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
        yield from pool.map(partial(_score, bundle=bundle), paths)


def _score(path: Path, bundle: Bundle) -> Score:
    result = partial(Score, path=str(path), bundle=bundle.label)
    try:
        picture = picture_files.read(path, bundle.min_side)
    except (PermanentError, OSError) as error:
        return result(novelty=None, watermark=None, keep=False, reason=str(error))
    novelty = float(bundle.novelty.score(bundle.encoder.embed([picture]))[0])
    mark = None if bundle.watermark is None else bundle.watermark.detect([picture])[0].probability
    reason = ""
    if novelty < bundle.novelty.threshold:
        reason = f"novelty: {novelty:.4g} is below {bundle.novelty.threshold:.4g}"
    elif mark is not None and bundle.watermark is not None and mark >= bundle.watermark.threshold:
        reason = f"watermark: {mark:.3f} is at or above {bundle.watermark.threshold:.3f}"
    return result(novelty=novelty, watermark=mark, keep=not reason, reason=reason or "kept")
