"""Judges pictures that somebody hands in, by the pipeline's own stages; nothing is looked up or stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Semaphore
from typing import Any

from PIL import Image

from bowerbird import imaging
from bowerbird.core.decisions import Verdict
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.placeholders import Placeholders
from bowerbird.core.ports import Fetcher
from bowerbird.filter.examination import Examination, Stage
from bowerbird.filter.models import Models
from bowerbird.filter.policy import Pipeline
from bowerbird.filter.stages.given import Given
from bowerbird.filter.stages.integrity import Integrity
from bowerbird.filter.stages.novelty import Novelty
from bowerbird.filter.stages.original import NO_PLACEHOLDERS, Original
from bowerbird.filter.stages.pixels import PixelLimit
from bowerbird.filter.stages.shape import RealShape, ShapeRule
from bowerbird.filter.stages.watermark import Watermark
from bowerbird.imaging.isolated import Decoder
from bowerbird.serve.http.quotas import Limits


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its evidence, as in `bowerbird.core.decisions.Decision`; `name` is the caller's."""

    name: str
    verdict: Verdict
    bundle: str
    scores: dict[str, float]
    thresholds: dict[str, float]
    timings: dict[str, float]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judge:
    """The pipelines for a file, a link and pixels; safe to share between threads."""

    bundle: str
    files: Pipeline
    links: Pipeline
    arrays: Pipeline

    def file(self, name: str, data: bytes) -> Judgement:
        """Judge a picture's file."""
        return self._judge(self.files, Examination(_candidate(name), data=data))

    def link(self, url: str) -> Judgement:
        """Fetch a picture and judge it; a host that does not answer is a reason, since nobody comes back."""
        return self._judge(self.links, Examination(_candidate(url), last_attempt=True))

    def array(self, name: str, image: Image.Image) -> Judgement:
        """Judge pixels, RGB of any size."""
        return self._judge(self.arrays, Examination(_candidate(name), image=image))

    def _judge(self, pipeline: Pipeline, exam: Examination) -> Judgement:
        verdict = pipeline.judge(exam)
        return Judgement(
            name=exam.candidate.submission.id,
            verdict=verdict,
            bundle=self.bundle,
            scores=exam.scores,
            thresholds=exam.thresholds,
            timings=exam.timings,
            facts=exam.facts,
        )


@dataclass(frozen=True, slots=True)
class Judges:
    """The same judge without and with the gallery's rule on size and aspect."""

    plain: Judge
    shaped: Judge

    def pick(self, *, dimensions: bool) -> Judge:
        """The judge that a caller asked for."""
        return self.shaped if dimensions else self.plain


def judges(  # noqa: PLR0913 - the policy's parts, each named once
    models: Models,
    fetcher: Fetcher,
    limits: Limits,
    shape: ShapeRule,
    *,
    cores: int,
    decoder: Decoder = imaging,
    placeholders: Placeholders = NO_PLACEHOLDERS,
) -> Judges:
    """The policy for pictures that are handed in; at most `cores` of them are decoded and scored at once."""
    room = Semaphore(cores)

    def judge(*shapes: Stage) -> Judge:
        scoring: Sequence[Stage] = (Novelty(models), Watermark(models))
        header: Sequence[Stage] = (PixelLimit(limits.pixels), *shapes)
        computing = (Integrity(models.min_side, decoder), *scoring)
        original = Original(fetcher, limits.picture_bytes, decoder, placeholders=placeholders)
        return Judge(
            bundle=models.label,
            files=Pipeline((Given(decoder), *header), computing, room),
            links=Pipeline((original, *header), computing, room),
            arrays=Pipeline((), scoring, room),
        )

    return Judges(judge(), judge(RealShape(shape)))


def _candidate(name: str) -> Candidate:
    return Candidate(id=name, urls=(name,), submission=Submission("handed-in", name))
