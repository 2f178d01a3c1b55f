"""Places whose stream is made up: rows of the sample, decisions of some days, labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.decisions import Decision
from bowerbird.core.messages import Submission
from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Reason, Word
from bowerbird.core.stream_sample import Look, StreamSample
from bowerbird.models.bundle import Bundle
from bowerbird.models.densities import unit
from bowerbird.models.eight_bits import pack

DAYS = ("2026-11-01", "2026-11-02", "2026-11-03")


def jittered(vectors: NDArray[np.float32], count: int, seed: int = 0) -> NDArray[np.float32]:
    """So many vectors, each near one of these."""
    rng = np.random.default_rng(seed)
    near = unit(vectors[rng.integers(len(vectors), size=count)])
    return unit(near + 0.1 / np.sqrt(near.shape[1]) * rng.normal(size=near.shape).astype(np.float32))


def fill(store: ObjectStore, bundle: Bundle, vectors: NDArray[np.float32]) -> list[Decision]:
    """Let `bundle` look at a stream, a third of it on each day; gives the decisions."""
    sample = StreamSample(store, bundle.manifest.encoder.fingerprint)
    decisions = []
    for number, (row, score) in enumerate(zip(vectors, bundle.novelty.score(vectors), strict=True)):
        kept = bool(score >= bundle.novelty.threshold)
        told, day = Submission("folder", f"p{number}"), DAYS[number % len(DAYS)]
        decision = Decision(
            f"p{number}/x",
            keep=kept,
            stage="watermark" if kept else "novelty",
            reason=Reason(Word.KEPT if kept else Word.NOVELTY),
            bundle=bundle.label,
            decided_at=f"{day}T12:00:00.000Z",
            scores={"novelty": float(score)},
            thresholds={"novelty": bundle.novelty.threshold},
            submission={"source": told.source, "id": told.id},
        )
        look = Look(
            decision.candidate,
            told.source,
            told.id,
            day,
            bundle.label,
            float(score),
            kept=kept,
            of="original",
            numbers=pack(row),
        )
        sample.offer(look, told)
        decisions.append(decision)
    for at, day in enumerate(DAYS):
        store.put(decisions_key(day, "a"), log_file(decisions[at :: len(DAYS)]), content_type="x")
    return decisions
