"""What a bundle says of picture files on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import sched_getaffinity
from pathlib import Path
from threading import Semaphore

from bowerbird.filter.evidence import Upload
from bowerbird.filter.handed_in import judge
from bowerbird.filter.parts import Parts
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.policy import Entrance, pipeline
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
    """Judge files, several at once, in order; each is scored in full, whatever the first score says."""
    cores = len(sched_getaffinity(0))
    policy = pipeline(Parts(bundle, Semaphore(cores), decoder=picture_files.DECODER), Entrance.FILE)
    with ThreadPoolExecutor(cores) as pool:
        yield from pool.map(partial(_score, policy=policy, bundle=bundle.label), paths)


def _score(path: Path, policy: Pipeline, bundle: str) -> Score:
    try:
        data = path.read_bytes()
    except OSError as error:
        return Score(str(path), None, None, keep=False, reason=str(error), bundle=bundle)
    verdict, exam = judge(policy, str(path), Upload(data), thorough=True)
    novelty, watermark = exam.scores.get("novelty"), exam.scores.get("watermark")
    return Score(str(path), novelty, watermark, verdict.keep, str(verdict.reason), bundle)
