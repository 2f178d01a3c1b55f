"""Judges picture files on this machine with a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from bowerbird.assembly.adapters import Adapters
from bowerbird.assembly.assemble import assemble
from bowerbird.assembly.settings import Settings
from bowerbird.core.cores import cores
from bowerbird.core.usual import Marks
from bowerbird.core.wording import why
from bowerbird.filter.evidence import Upload
from bowerbird.filter.handed_in import judge
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict on one file. A picture that cannot be read has no scores and is not kept.

    Decisions store `reason`, people read `why`. `percentile` (0 to 100) is the share of the owner's pictures
    that match less than this one.
    """

    path: str
    novelty: float | None
    watermark: float | None
    keep: bool
    reason: str
    bundle: str
    why: str
    percentile: float | None = None

    def record(self) -> dict[str, object]:
        """What `--json` prints: every field but those that are for reading only."""
        return {name: value for name, value in asdict(self).items() if name not in {"why", "percentile"}}


def score_files(paths: list[Path], bundle: Bundle, watermark: Marks = "reject") -> Iterator[Score]:
    """Judge files, several at once, and answer in order. Each gets all scores, whatever the first one is."""
    at_once = cores()
    adapters = Adapters(bundle=bundle, decoder=picture_files.DECODER)
    policy = pipeline(
        assemble(adapters, Settings(shape=None, at_once=at_once, watermark=watermark)).parts, Entrance.FILE
    )
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(partial(_score, policy=policy, bundle=bundle.label), paths)


def _score(path: Path, policy: Pipeline, bundle: str) -> Score:
    try:
        data = path.read_bytes()
    except OSError as error:
        return Score(str(path), None, None, keep=False, reason=str(error), bundle=bundle, why=str(error))
    verdict, exam = judge(policy, str(path), Upload(data), thorough=True)
    novelty, watermark = exam.scores.get("novelty"), exam.scores.get("watermark")
    return Score(
        str(path),
        novelty,
        watermark,
        verdict.keep,
        str(verdict.reason),
        bundle,
        why(verdict.reason),
        exam.facts.get("novelty_percentile"),
    )
