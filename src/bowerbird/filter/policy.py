"""The policy: which stages, in which order. Cheapest evidence first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Semaphore

from bowerbird import imaging
from bowerbird.core.decisions import Verdict
from bowerbird.core.errors import PermanentError
from bowerbird.core.placeholders import Placeholders
from bowerbird.core.ports import Fetcher, Ledger
from bowerbird.filter.copies import Copies
from bowerbird.filter.examination import Examination, Stage
from bowerbird.filter.first_look import Opinion, of_previews
from bowerbird.filter.models import Models
from bowerbird.filter.owner_rules import NOTHING, Asked
from bowerbird.filter.stages.advisory import advise
from bowerbird.filter.stages.duplicate import Duplicate
from bowerbird.filter.stages.integrity import Integrity
from bowerbird.filter.stages.novelty import Novelty
from bowerbird.filter.stages.original import NO_PLACEHOLDERS, Original
from bowerbird.filter.stages.perceptual import Perceptual
from bowerbird.filter.stages.preview import Preview
from bowerbird.filter.stages.scout import Scout
from bowerbird.filter.stages.shape import DeclaredShape, RealShape, ShapeRule
from bowerbird.filter.stages.watermark import Watermark
from bowerbird.imaging.isolated import Decoder


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Runs the stages in order until one rejects.

    `waiting` stages spend their time on the network; `computing` ones keep a core busy and hold a decoded
    picture, so `cores` lets only that many candidates in at once. What passes all is shown to `noting`, which
    rejects only what the owner's own rules name.
    """

    waiting: Sequence[Stage]
    computing: Sequence[Stage]
    cores: Semaphore | None = None
    noting: Sequence[Stage] = ()

    def judge(self, exam: Examination) -> Verdict:
        """Keep, or reject with the stage and the reason.

        Raises:
            RetryableError: this candidate must be tried again later.
        """
        rejected = self._run(self.waiting, exam)
        if rejected is None:
            with self.cores or nullcontext():
                rejected = self._run((*self.computing, *self.noting), exam)
        return rejected or Verdict(keep=True, stage=self.computing[-1].name, reason="kept")

    @staticmethod
    def _run(stages: Sequence[Stage], exam: Examination) -> Verdict | None:
        for stage in stages:
            start = time.perf_counter()
            try:
                reason = stage.examine(exam)
            except PermanentError as error:
                reason = str(error)
            finally:
                exam.timings[stage.name] = round((time.perf_counter() - start) * 1000, 2)
            if reason is not None:
                return Verdict.reject(stage.name, reason)
        return None


def standard_pipeline(  # noqa: PLR0913 - the policy's parts, each named once
    *,
    fetcher: Fetcher,
    ledger: Ledger,
    models: Models,
    shape: ShapeRule,
    max_bytes: int,
    cores: int,
    decoder: Decoder = imaging,
    copies: Copies | None = None,
    scout: Opinion | None = None,
    asked: Asked = NOTHING,
    placeholders: Placeholders = NO_PLACEHOLDERS,
) -> Pipeline:
    """The order of the design; "already decided" comes before it, in `bowerbird.filter.candidates`.

    Without `copies` only the same bytes are duplicates. A `scout` has the first look, at previews and at
    originals that have none, where the bundle itself is too expensive for that. `asked` is what the owner
    wants noted or rejected beside taste. `placeholders` are what hosts serve in place of what is gone.
    """
    slots = Semaphore(cores)
    first = scout or of_previews(models)
    return Pipeline(
        waiting=(
            DeclaredShape(shape),
            *([Preview(fetcher, first, slots, decoder)] if first else []),
            Original(fetcher, max_bytes, decoder, shape, placeholders),
            RealShape(shape),
            Duplicate(ledger),
        ),
        computing=(
            Integrity(models.min_side, decoder),
            *([Perceptual(copies)] if copies else []),
            *([Scout(scout)] if scout else []),
            Novelty(models),
            Watermark(models),
        ),
        noting=(advise(models, asked, decoder),),
        cores=slots,
    )
