"""Embeds many pictures on all cores, and remembers the embeddings for the next time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.models.encoder import Encoder
from bowerbird.training import corners, imitations
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.sample import CORNERS

Vectors = NDArray[np.float32]

# An imitation costs as much as its picture, and the head learns little from many. Those of 1,000 of 1,801
# landscapes told three kinds of other pictures from them with AUROC 0.950, 0.920, 0.839; those of all with
# 0.947, 0.917, 0.847.
_MOST_IMITATED: Final = 2000

Report = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Collection:
    """Pictures that could be read, their unit vectors (N, D), and what was wrong with the others.

    Each row of `imitations` (M, D) was made from the picture that `origin` names in the same row. There are
    none unless somebody asked for them, and of many pictures only some have them. `corners` (4 N, D) are of
    each picture in turn, if somebody asked for them.
    """

    paths: tuple[Path, ...]
    vectors: Vectors
    imitations: Vectors
    origin: NDArray[np.int64]
    unreadable: tuple[tuple[Path, str], ...]
    corners: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))


@dataclass(frozen=True, slots=True)
class Embedder:
    """An encoder with its memory. `fingerprint` is the encoder file's sha256 and how it is fed."""

    encoder: Encoder
    fingerprint: str
    cache: EmbeddingCache
    cores: int

    def embed(
        self, paths: Sequence[Path], *, imitate: bool, done: Report, cornered: bool = False
    ) -> Collection:
        """Embed files, with imitations and corners if asked; leave out and name what cannot be read."""
        imitated = _spread(len(paths)) if imitate else frozenset[int]()

        def one(place: int, path: Path) -> Vectors | str:
            try:
                data = path.read_bytes()
                rows = self.vectors(data, imitate=place in imitated)
                return np.concatenate([rows, self._corners(data)]) if cornered else rows
            except (PermanentError, OSError) as error:
                return str(error)
            finally:
                done()

        with ThreadPoolExecutor(self.cores) as pool:
            results = list(zip(paths, pool.map(one, range(len(paths)), paths), strict=True))
        good = [(path, rows) for path, rows in results if not isinstance(rows, str)]
        bad = tuple((path, reason) for path, reason in results if isinstance(reason, str))
        none = np.empty((0, self.encoder.dim), np.float32)
        last = CORNERS if cornered else 0
        made = [rows[1 : len(rows) - last] for _, rows in good]
        return Collection(
            tuple(path for path, _ in good),
            np.concatenate([none, *(rows[:1] for _, rows in good)]),
            np.concatenate([none, *made]),
            np.repeat(np.arange(len(good)), np.array([len(rows) for rows in made], np.int64)),
            bad,
            np.concatenate([none, *(rows[len(rows) - last :] for _, rows in good)]),
        )

    def vectors(self, data: bytes, *, imitate: bool) -> Vectors:
        """A picture's vector, then those of its imitations if somebody asked for them: (1 + kinds, D).

        Raises:
            PermanentError: the picture cannot be decoded.
        """
        digest = hashlib.sha256(data).hexdigest()
        return self._remembered(
            data,
            f"{digest}:{self.fingerprint}:{'imitated' if imitate else 'plain'}",
            lambda picture: [picture, *(_imitations(picture, digest) if imitate else ())],
        )

    def _corners(self, data: bytes) -> Vectors:
        key = f"{hashlib.sha256(data).hexdigest()}:{self.fingerprint}:corners"
        return self._remembered(data, key, corners.cut)

    def _remembered(self, data: bytes, key: str, made: Callable[[Image.Image], list[Image.Image]]) -> Vectors:
        known = self.cache.get(key, self.encoder.dim)
        if known is not None:
            return known
        picture = imaging.decode(data, min_side=max(self.encoder.preprocess.min_side, imitations.SIZE))
        vectors = self.encoder.embed(made(picture))
        self.cache.put(key, vectors)
        return vectors


def _spread(count: int) -> frozenset[int]:
    """Which of so many pictures are imitated: all, or _MOST_IMITATED that are evenly spread."""
    step = max(1.0, count / _MOST_IMITATED)
    return frozenset(int(place * step) for place in range(min(count, _MOST_IMITATED)))


def _imitations(picture: Image.Image, digest: str) -> list[Image.Image]:
    # The picture itself is the seed, so a folder gives the same bundle in whatever order it is read.
    rng = random.Random(digest)  # noqa: S311 - reproducible, not secret
    return [make(picture, rng) for make in imitations.KINDS]
