"""One candidate, from the queue's message to the decision that stands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from bowerbird.core.decisions import Decision, Verdict, redacted
from bowerbird.core.errors import StoreError, UsageError
from bowerbird.core.keys import thumb_key
from bowerbird.core.messages import Candidate, Submission, decode_candidate
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.reasons import Reason, Word
from bowerbird.core.stream_sample import Look, StreamSample
from bowerbird.filter.evidence import Looked, Pixels, Previewed
from bowerbird.filter.examination import Examination
from bowerbird.filter.pipeline import Pipeline
from bowerbird.filter.survivors import Survivors
from bowerbird.imaging import thumbnail
from bowerbird.models.eight_bits import pack

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """Judges candidates, stores survivors, commits decisions; safe to call twice for the same candidate.

    `thumbnails` is where a small copy of every decoded picture goes, or None to keep none. `sample` takes
    what the encoder saw.
    """

    pipeline: Pipeline
    ledger: Ledger
    survivors: Survivors
    bundle: str
    thumbnails: ObjectStore | None = None
    sample: StreamSample | None = None
    clock: Callable[[], datetime] = _now

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        """Bring one queue message to its decision.

        Raises:
            InvalidMessageError: the message cannot be understood; it belongs with the dead letters.
            RetryableError: the candidate cannot be decided now; give the message back.
        """
        candidate = decode_candidate(body)
        standing = self.ledger.decided(candidate.id)
        if standing is not None:
            return standing
        # After a crash between storing and committing, the sidecar gives the decision: the original may be
        # gone by now.
        sha256 = self.ledger.claimed_by(candidate.id)
        stored = self.survivors.recall(sha256, candidate.id) if sha256 else None
        if stored is None and self.survivors.purged(candidate.id):
            return self.ledger.commit(self._purged(candidate))
        if stored is not None:
            return self.ledger.commit(stored)
        exam = Examination(candidate, last_attempt=last_attempt)
        decision = self.ledger.commit(self._judge(exam, resumed=sha256 is not None))
        self._remember(exam, decision)
        return decision

    def _judge(self, exam: Examination, *, resumed: bool) -> Decision:
        candidate = exam.candidate
        verdict = self.pipeline.judge(exam)
        image = _seen(exam)
        if self.thumbnails is not None and image is not None:
            self.thumbnails.put(thumb_key(candidate.id), thumbnail(image, 256), content_type="image/jpeg")
        decision = self._decision(exam, verdict)
        if verdict.keep:
            return self.survivors.keep(exam, decision)
        if resumed:  # only who has claimed bytes can have entered a likeness
            self.survivors.reject(candidate.id)
        return decision

    def _remember(self, exam: Examination, decision: Decision) -> None:
        """Offer what the encoder saw to the sample of the stream, which can do without it."""
        looked = exam.get(Looked)
        if self.sample is None or looked is None:
            return
        told = exam.candidate.submission
        look = Look(
            candidate=decision.candidate,
            source=told.source,
            submission=told.id,
            day=decision.day,
            bundle=decision.bundle,
            score=looked.score,
            kept=decision.keep,
            of=looked.of,
            numbers=pack(looked.vector),
        )
        try:
            self.sample.offer(look, told)
        except (StoreError, UsageError) as error:
            _log.warning("the sample of the stream goes without %s: %s", decision.candidate, error)

    def _purged(self, candidate: Candidate) -> Decision:
        """Reject, without fetching, a candidate whose post has gone since another ledger decided it."""
        verdict = Verdict.reject("purged", Reason(Word.PURGED, "its post was removed after it had been kept"))
        return redacted(self._decision(Examination(candidate), verdict))

    def _decision(self, exam: Examination, verdict: Verdict) -> Decision:
        return Decision(
            candidate=exam.candidate.id,
            keep=verdict.keep,
            stage=verdict.stage,
            reason=verdict.reason,
            bundle=self.bundle,
            decided_at=self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            scores=exam.scores,
            thresholds=exam.thresholds,
            timings=exam.timings,
            facts=_present({"host": exam.candidate.host}) | exam.facts,
            submission=_told(exam.candidate.submission),
        )


def _seen(exam: Examination) -> Image.Image | None:
    """The picture as it was decoded, or the preview that settled it."""
    pixels, preview = exam.get(Pixels), exam.get(Previewed)
    return pixels.image if pixels else preview.image if preview else None


def _told(submission: Submission) -> dict[str, Any]:
    """The fields that have a value. asdict would copy each of them, deep, and take ten times as long."""
    return _present({each.name: getattr(submission, each.name) for each in fields(submission)})


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
