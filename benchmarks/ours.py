"""Our work for one picture: the real pipeline with its real adapters, each stage under a clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Semaphore
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.measure import Clock
from benchmarks.photographs import encoded
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.messages import Candidate, encode_candidate
from bowerbird.core.reasons import Reason
from bowerbird.crawl.hosts import placeholders
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.examination import Examination, Stage
from bowerbird.filter.first_look import FirstLook, of_glances, of_previews
from bowerbird.filter.parts import Parts
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.shape import NOMADS
from bowerbird.filter.survivors import Survivors
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import Bundle, load
from bowerbird.models.densities import Mixture
from bowerbird.models.encoder import Encoder
from bowerbird.models.novelty import Novelty, Part
from bowerbird.models.preprocess import Preprocess, Resize
from bowerbird.models.session import Session
from bowerbird.models.watermark import Watermark
from bowerbird.net import HttpFetcher

_CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
# Random weights would reject half of the pictures. With a threshold above 1, nothing is rejected.
_PASSES = 1.1

_CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True, slots=True)
class Timed:
    """A stage under the clock."""

    stage: Stage
    clock: Clock

    @property
    def name(self) -> str:
        """The stage's."""
        return self.stage.name

    @property
    def needs(self) -> Iterable[type]:
        """The stage's."""
        return self.stage.needs

    @property
    def gives(self) -> Iterable[type]:
        """The stage's."""
        return self.stage.gives

    def examine(self, exam: Examination) -> Reason | None:
        """Do what the stage does."""
        with self.clock(self.stage.name):
            return self.stage.examine(exam)


@dataclass(frozen=True, slots=True)
class ClipShaped:
    """Costs what the clip bundle costs, and judges as lite does.

    Random weights have no taste. So after its own networks it asks lite, off the clock.
    """

    clip: Encoder
    mixture: Novelty
    watermark: Watermark | None
    lite: Bundle
    clock: Clock
    label: str = "clip-shaped@0.0.0"
    aesthetic: None = None

    @property
    def min_side(self) -> int:
        """As the watermark network needs it."""
        return 512

    @property
    def preview_side(self) -> int:
        """The first of the two squashes."""
        return self.clip.preprocess.min_side

    @property
    def encoder(self) -> ClipShaped:
        """This."""
        return self

    @property
    def novelty(self) -> ClipShaped:
        """This too."""
        return self

    @property
    def threshold(self) -> float:
        """Lite's."""
        return self.lite.novelty.threshold

    @property
    def reference(self) -> Mapping[str, NDArray[np.floating]]:
        """Lite's."""
        return self.lite.novelty.reference

    @property
    def glance(self) -> None:
        """None: what is called CLIP here looks for itself."""

    @property
    def preview_margin(self) -> float | None:
        """Lite's."""
        return self.lite.novelty.preview_margin

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Pay for CLIP, get lite's embedding."""
        self.mixture.score(self.clip.embed(images))
        with self.clock.hidden():
            return self.lite.encoder.embed(images)

    def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.floating]:
        """Lite's score; the mixture's was paid for in `embed`."""
        with self.clock.hidden():
            return self.lite.novelty.score(embeddings)

    def score_of(self, image: Image.Image) -> float:
        """Of one picture."""
        return float(self.score(self.embed([image]))[0])


class Ours:
    """One worker: queue, ledger and store on disk, images decoded in a process of their own."""

    def __init__(self, networks: Path, server: str, clock: Clock, place: Path, system: str) -> None:
        lite = load("lite")
        if system == "lite without previews":
            lite = replace(lite, novelty=replace(lite.novelty, preview_margin=None), glance=None)
        if lite.watermark is None:
            raise AssertionError("lite ships with a watermark network")
        mark = _watermark(networks) if "clip" in system else replace(lite.watermark, threshold=_PASSES)
        models = _clip(networks, lite, mark, clock) if "clip" in system else replace(lite, watermark=mark)
        self.decoder = IsolatedDecoder(workers=1)
        self._warm_up(models, mark)
        store = FolderStore(place)
        self._ledger = SqliteLedger(place / "ledger.db", store)
        self._queue = SqliteQueue(place / "queue.db")
        parts = Parts(
            cast("Bundle", models),
            Semaphore(1),
            fetcher=HttpFetcher(user_agent="linux:bowerbird-bench:0", gateway=server),
            ledger=self._ledger,
            decoder=self.decoder,
            placeholders=placeholders(),
            shape=NOMADS,
            scout=_scout(lite) if system == "clip after lite" else None,
        )
        whole = pipeline(parts, Entrance.QUEUE)
        # Only up to the stage that keeps a picture: later stages only note things, and are not compared.
        last = next(place for place, stage in enumerate(whole.stages) if stage.name == whole.kept_at)
        timed = replace(whole, stages=[Timed(stage, clock) for stage in whole.stages[: last + 1]])
        self._filter = CandidateFilter(timed, self._ledger, Survivors(store, self._ledger), models.label)

    def _warm_up(self, models: Bundle | ClipShaped, mark: Watermark) -> None:
        """Make what is made on first use."""
        grey = Image.new("RGB", (640, 480), "grey")
        models.novelty.score(models.encoder.embed([grey]))
        mark.detect([grey])
        self.decoder.decode(encoded(grey, "JPEG"), min_side=512)

    def judge_all(self, candidates: Sequence[Candidate]) -> dict[str, str]:
        """Send, receive, decide, acknowledge and write the lines; gives outcomes by candidate."""
        outcomes = {}
        self._queue.send([(each.id, encode_candidate(each)) for each in candidates])
        while messages := self._queue.receive(10):
            for message in messages:
                decision = self._filter.decide(message.body)
                outcomes[decision.candidate] = "kept" if decision.keep else decision.stage
            self._queue.delete([message.receipt for message in messages])
        self._ledger.flush()
        return outcomes


def _scout(lite: Bundle) -> FirstLook:
    """Lite lends its judgement, so it is trusted as far as its own previews are."""
    own = of_previews(lite)
    if own is None:
        raise AssertionError("lite ships with a margin for previews")
    return replace(own, name="scout", before=of_glances(lite))


def _clip(networks: Path, lite: Bundle, mark: Watermark, clock: Clock) -> ClipShaped:
    resizes = (Resize(512, "squash", "lanczos"), Resize(224, "squash", "lanczos"))
    encoder = Encoder(
        Session(networks / "vit_b16.int8.onnx"), Preprocess(resizes, _CLIP_MEAN, _CLIP_STD), dim=512
    )
    from benchmarks.shapes import mixture  # noqa: PLC0415 - brings onnx along, which lite must not pay for

    weights, means, precisions = mixture()
    density = Mixture(
        np.asarray("full"),
        weights.astype(np.float32),
        means.astype(np.float32),
        precisions.astype(np.float32),
        np.eye(512, dtype=np.float32),
        np.zeros(512, np.float32),
    )
    return ClipShaped(encoder, Novelty((Part(density, (0, 512)),), 0.0), mark, lite, clock)


def _watermark(networks: Path) -> Watermark:
    half = (0.5, 0.5, 0.5)
    preprocess = Preprocess((Resize(512, "squash", "lanczos"),), half, half)
    return Watermark(Session(networks / "efficientnetv2_b0.onnx"), preprocess, threshold=_PASSES)
