"""Embeds many pictures on all cores, and remembers the embeddings for the next time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.models.encoder import Encoder
from bowerbird.training import imitations
from bowerbird.training.cache import EmbeddingCache

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
    none unless somebody asked for them, and of many pictures only some have them.
    """

    paths: tuple[Path, ...]
    vectors: Vectors
    imitations: Vectors
    origin: NDArray[np.int64]
    unreadable: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Embedder:
    """An encoder with its memory. `fingerprint` is the encoder file's sha256 and how it is fed."""

    encoder: Encoder
    fingerprint: str
    cache: EmbeddingCache
    cores: int

    def embed(self, paths: Sequence[Path], *, imitate: bool, done: Report) -> Collection:
        """Embed files, and imitations of them if asked; leave out and name each file that cannot be read."""
        imitated = _spread(len(paths)) if imitate else frozenset[int]()

        def one(place: int, path: Path) -> Vectors | str:
            try:
                return self.vectors(path.read_bytes(), imitate=place in imitated)
            except (PermanentError, OSError) as error:
                return str(error)
            finally:
                done()

        with ThreadPoolExecutor(self.cores) as pool:
            results = list(zip(paths, pool.map(one, range(len(paths)), paths), strict=True))
        good = [(path, rows) for path, rows in results if not isinstance(rows, str)]
        bad = tuple((path, reason) for path, reason in results if isinstance(reason, str))
        none = np.empty((0, self.encoder.dim), np.float32)
        return Collection(
            tuple(path for path, _ in good),
            np.concatenate([none, *(rows[:1] for _, rows in good)]),
            np.concatenate([none, *(rows[1:] for _, rows in good)]),
            np.repeat(np.arange(len(good)), np.array([len(rows) - 1 for _, rows in good], np.int64)),
            bad,
        )

    def vectors(self, data: bytes, *, imitate: bool) -> Vectors:
        """A picture's vector, then those of its imitations if somebody asked for them: (1 + kinds, D).

        Raises:
            PermanentError: the picture cannot be decoded.
        """
        digest = hashlib.sha256(data).hexdigest()
        key = f"{digest}:{self.fingerprint}:{'imitated' if imitate else 'plain'}"
        known = self.cache.get(key, self.encoder.dim)
        if known is not None:
            return known
        picture = imaging.decode(data, min_side=max(self.encoder.preprocess.min_side, imitations.SIZE))
        vectors = self.encoder.embed([picture, *(_imitations(picture, digest) if imitate else ())])
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
