"""Embeddings of many pictures, on all cores."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bowerbird.errors import PermanentError
from bowerbird_models.encoder import Encoder
from infra.local import pictures
from infra.local.train import imitations

Vectors = NDArray[np.float32]
Report = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Collection:
    """Pictures that could be read, with their unit vectors (N, D), and what was wrong with the others."""

    paths: tuple[Path, ...]
    vectors: Vectors
    unreadable: tuple[tuple[Path, str], ...]


def embed_files(paths: Sequence[Path], encoder: Encoder, *, cores: int, done: Report) -> Collection:
    """Embed files; one that cannot be read is left out and named."""

    def one(path: Path) -> Vectors | str:
        try:
            picture = pictures.read(path, encoder.preprocess.min_side)
        except (PermanentError, OSError) as error:
            return str(error)
        finally:
            done()
        vector: Vectors = encoder.embed([picture])[0]
        return vector

    with ThreadPoolExecutor(cores) as pool:
        results = list(zip(paths, pool.map(one, paths), strict=True))
    good = [(path, result) for path, result in results if not isinstance(result, str)]
    bad = tuple((path, result) for path, result in results if isinstance(result, str))
    vectors = np.stack([vector for _, vector in good]) if good else np.empty((0, encoder.dim), np.float32)
    return Collection(tuple(path for path, _ in good), vectors, bad)


def embed_imitations(
    paths: Sequence[Path], encoder: Encoder, *, cores: int, seed: int, done: Report
) -> tuple[Vectors, NDArray[np.int64]]:
    """One imitation of each kind for each picture → vectors, and the index of each one's model."""

    def one(index: int) -> Vectors:
        # A seed of its own for each picture: the result does not depend on the order threads run in.
        rng = random.Random(seed * 1_000_003 + index)  # noqa: S311 - reproducible, not secret
        picture = pictures.read(paths[index], imitations.SIZE)
        done()
        return encoder.embed([make(picture, rng) for make in imitations.KINDS])

    with ThreadPoolExecutor(cores) as pool:
        batches = list(pool.map(one, range(len(paths))))
    origin = np.repeat(np.arange(len(paths)), len(imitations.KINDS))
    return np.concatenate(batches), origin
