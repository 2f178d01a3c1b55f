"""Embeds many pictures on all cores, and remembers the embeddings for the next time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.models.encoder import Encoder
from bowerbird.training import imitations
from bowerbird.training.cache import EmbeddingCache

Vectors = NDArray[np.float32]
Report = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Collection:
    """Pictures that could be read, their unit vectors (N, D), and what was wrong with the others.

    Each row of `imitations` (N * kinds, D) was made from the picture that `origin` names in the same row.
    There are none unless somebody asked for them.
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

        def one(path: Path) -> Vectors | str:
            try:
                return self.vectors(path.read_bytes(), imitate=imitate)
            except (PermanentError, OSError) as error:
                return str(error)
            finally:
                done()

        with ThreadPoolExecutor(self.cores) as pool:
            results = list(zip(paths, pool.map(one, paths), strict=True))
        good = [(path, rows) for path, rows in results if not isinstance(rows, str)]
        bad = tuple((path, reason) for path, reason in results if isinstance(reason, str))
        count = len(imitations.KINDS) if imitate else 0
        rows = np.stack([rows for _, rows in good]) if good else np.empty((0, 1 + count, self.encoder.dim))
        rows = rows.astype(np.float32)
        return Collection(
            tuple(path for path, _ in good),
            rows[:, 0],
            rows[:, 1:].reshape(-1, self.encoder.dim),
            np.repeat(np.arange(len(good)), count),
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


def _imitations(picture: Image.Image, digest: str) -> list[Image.Image]:
    # The picture itself is the seed, so a folder gives the same bundle in whatever order it is read.
    rng = random.Random(digest)  # noqa: S311 - reproducible, not secret
    return [make(picture, rng) for make in imitations.KINDS]
