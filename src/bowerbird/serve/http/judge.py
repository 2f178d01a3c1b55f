"""Judges pictures that callers hand in, by the policy; nothing is looked up or stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from bowerbird.filter import handed_in
from bowerbird.filter.evidence import Pixels, Upload
from bowerbird.filter.parts import Parts
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.serve.http.schema import VerdictAnswer


@dataclass(frozen=True, slots=True)
class Judge:
    """The policy for a file, a link and pixels; safe to share between threads."""

    bundle: str
    files: Pipeline
    links: Pipeline
    arrays: Pipeline

    def file(self, name: str, data: bytes) -> VerdictAnswer:
        """Judge a picture's file."""
        return self._judge(self.files, name, Upload(data))

    def link(self, url: str) -> VerdictAnswer:
        """Fetch a picture and judge it."""
        return self._judge(self.links, url)

    def array(self, name: str, image: Image.Image) -> VerdictAnswer:
        """Judge pixels, RGB of any size."""
        return self._judge(self.arrays, name, Pixels(image))

    def _judge(self, policy: Pipeline, name: str, *evidence: object) -> VerdictAnswer:
        verdict, exam = handed_in.judge(policy, name, *evidence)
        return VerdictAnswer(
            name=name,
            keep=verdict.keep,
            stage=verdict.stage,
            reason=str(verdict.reason),
            scores=exam.scores,
            thresholds=exam.thresholds,
            timings=exam.timings,
            facts=exam.facts,
            bundle=self.bundle,
        )


@dataclass(frozen=True, slots=True)
class Judges:
    """The same judge without and with the gallery's rule on size and aspect."""

    plain: Judge
    shaped: Judge

    def pick(self, *, dimensions: bool) -> Judge:
        """Pick the judge that a caller asked for."""
        return self.shaped if dimensions else self.plain


def judges(parts: Parts) -> Judges:
    """Make both judges of these parts; they share the parts' slots."""

    def judge(parts: Parts) -> Judge:
        policies = (pipeline(parts, entrance) for entrance in (Entrance.FILE, Entrance.LINK, Entrance.PIXELS))
        return Judge(parts.bundle.label, *policies)

    return Judges(judge(replace(parts, shape=None)), judge(parts))
