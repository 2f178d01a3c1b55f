"""The HTTP API with models made by hand, in the test's own process or on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from starlette.types import ASGIApp

from bowerbird.core.errors import BowerbirdError
from bowerbird.filter.parts import Parts
from bowerbird.filter.shape import NOMADS
from bowerbird.models.watermark import Detection
from bowerbird.serve.connection_limits import ConnectionLimits
from bowerbird.serve.http.gate import Room
from bowerbird.serve.http.judge import judges
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.schema import BundleAnswer, NoveltyAnswer, ThresholdAnswer, WatermarkAnswer
from bowerbird.serve.http.service import Service
from bowerbird.serve.server import server as served
from tests.fakes import FakeFetcher

DESCRIPTION = BundleAnswer(
    bundle="bright@1.0.0",
    created_from="a test",
    novelty=NoveltyAnswer(threshold=ThresholdAnswer(value=0.5, chosen="by hand"), scale=(0.0, 1.0)),
    watermark=WatermarkAnswer(threshold=ThresholdAnswer(value=0.9, chosen="by hand")),
    artifacts=[],
)


def colours(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(image.resize((1, 1), Image.Resampling.BOX), np.float32)[0, 0] / 255


@dataclass
class BlueMarks:
    """Takes blue for a watermark."""

    threshold: float = 0.9

    def detect(self, images: Sequence[Image.Image]) -> list[Detection]:
        return [Detection(float(colours(image)[2]), None) for image in images]


@dataclass
class BrightModels:
    """Loves green. Does not answer while `free` is cleared; `judging` is set once somebody waits."""

    label: str = "bright@1.0.0"
    min_side: int = 64
    threshold: float = 0.5
    watermark: BlueMarks | None = field(default_factory=BlueMarks)
    aesthetic: None = None
    reference: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    free: threading.Event = field(default_factory=threading.Event)
    judging: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.free.set()

    @property
    def encoder(self) -> BrightModels:
        return self

    @property
    def novelty(self) -> BrightModels:
        return self

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        self.judging.set()
        assert self.free.wait(30)
        return np.asarray([colours(image)[1:2] for image in images], np.float32)

    def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        return embeddings[:, 0]


def service(
    models: BrightModels | None = None,
    limits: Limits | None = None,
    answers: Mapping[str, bytes | BowerbirdError] | None = None,
) -> Service:
    limits = limits or Limits()
    parts = Parts(
        models or BrightModels(), threading.Semaphore(2), FakeFetcher(answers or {}),
        shape=NOMADS, limits=limits.of_a_picture(),
    )  # fmt: skip
    return Service(
        judges=judges(parts),
        bundle=DESCRIPTION,
        limits=limits,
        pool=ThreadPoolExecutor(4),
        room=Room(limits.requests),
        width=2,
        downloads=2,
    )


@contextmanager
def running(app: ASGIApp, patience: ConnectionLimits | None = None) -> Iterator[int]:
    """The application on loopback as the commands serve it; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = served(app, patience)
        server.config.timeout_graceful_shutdown = 1
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
