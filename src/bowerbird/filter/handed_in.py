"""Judges a picture that somebody hands in as candidates are judged, but neither looks it up nor stores it."""

from __future__ import annotations

from bowerbird.core.decisions import Verdict
from bowerbird.core.messages import Candidate, Submission
from bowerbird.filter.examination import Examination
from bowerbird.filter.pipeline import Pipeline


def judge(
    pipeline: Pipeline, name: str, *evidence: object, thorough: bool = False
) -> tuple[Verdict, Examination]:
    """Judge a picture or a link that a person handed in, which the pipeline gets as evidence.

    A link is its own `name`. A host that does not answer is a reason to reject: nobody tries again later.
    """
    candidate = Candidate(id=name, urls=(name,), submission=Submission("handed-in", name))
    exam = Examination(candidate, last_attempt=True)
    exam.give(*evidence)
    return pipeline.judge(exam, thorough=thorough), exam
