"""Runs stages in their order, and refuses an order in which a stage would not have what it needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Semaphore

from bowerbird.core.decisions import Verdict
from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Pixels
from bowerbird.filter.examination import Examination, Stage


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in their order, and the name of the stage that a kept picture's decision is filed under.

    A picture brings the types of evidence in `given`; whoever stores it asks for those in `wanted`. A
    candidate holds one of the `slots` from the first stage that works on decoded pixels. Earlier stages wait
    for the network; later ones keep a core busy and a picture in memory.

    Raises:
        ValueError: a stage needs evidence that no earlier stage gives, or two stages have one name.
    """

    stages: Sequence[Stage]
    kept_at: str
    slots: Semaphore
    given: tuple[type, ...] = ()
    wanted: tuple[type, ...] = ()

    def __post_init__(self) -> None:
        names, there = set[str](), set(self.given)
        for stage in self.stages:
            if stage.name in names:
                raise ValueError(f"two stages are called {stage.name!r}: give one of them another name")
            for kind in set(stage.needs) - there:
                raise ValueError(f"the stage {stage.name!r} needs {self._whence(kind)}")
            names.add(stage.name)
            there |= set(stage.gives)
        for kind in set(self.wanted) - there:
            raise ValueError(f"whoever keeps the picture needs {self._whence(kind)}")

    def judge(self, exam: Examination, *, thorough: bool = False) -> Verdict:
        """Keep the candidate, or reject it with the stage and the reason.

        A `thorough` look goes on after a rejection, with the stages that still have the evidence they need.
        The first reason stands.

        Raises:
            RetryableError: this candidate must be tried again later.
        """
        rejected: Verdict | None = None
        with ExitStack() as slot:
            waiting = True
            for stage in self.stages:
                if rejected and not (thorough and exam.found.keys() >= set(stage.needs)):
                    continue
                if waiting and Pixels in (*stage.needs, *stage.gives):
                    slot.enter_context(self.slots)
                    waiting = False
                reason = _examine(stage, exam)
                if reason and not rejected:
                    rejected = Verdict.reject(stage.name, reason)
        return rejected or Verdict(keep=True, stage=self.kept_at, reason=Reason(Word.KEPT))

    def _whence(self, kind: type) -> str:
        givers = " or ".join(repr(stage.name) for stage in self.stages if kind in stage.gives)
        hint = f"put it after {givers}" if givers else "no stage of this entrance gives it"
        return f"{kind.__name__}, which nothing before it gives: {hint}"


def _examine(stage: Stage, exam: Examination) -> Reason | None:
    start = time.perf_counter()
    try:
        return stage.examine(exam)
    except PermanentError as error:
        return error.reason
    finally:
        exam.timings[stage.name] = round((time.perf_counter() - start) * 1000, 2)
