"""Gathers ordinary pictures, which nobody judged, for training to compare the owner's with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bowerbird.models.background import MOST, Background
from bowerbird.training.embedding import Collection

#: What an owner says who wants to compare with nothing.
NONE: Final = "none"
_MARK: Final = "__"


def folders(wish: str | None) -> tuple[Path, ...]:
    """Give the folder of ordinary pictures that the owner names, if they name one."""
    return () if wish in {None, NONE} else (Path(str(wish)),)


def chosen(
    wish: str | None, carried: Background | None, found: Collection, licence: str
) -> Background | None:
    """Give the background that the owner wants: what comes with the encoder, none, or what was found."""
    if wish is None:
        return carried
    return None if wish == NONE else of(found, f"{len(found.paths)} pictures of the owner's choice", licence)


def of(collection: Collection, made_of: str, licence: str) -> Background:
    """Make a background of embedded pictures; of too many, take some by chance.

    Pictures of one folder are one source. So are those of one folder whose names begin alike up to a double
    underscore, as in `collection__1.jpg`.

    Raises:
        ValueError: there are no pictures.
    """
    order = np.random.default_rng(0).permutation(len(collection.paths))[:MOST]
    rows = np.sort(order)
    return Background(collection.vectors[rows], _sources(collection.paths)[rows], made_of, licence)


def _sources(paths: Sequence[Path]) -> np.ndarray:
    names = [(path.parent, path.name.partition(_MARK)[0] if _MARK in path.name else "") for path in paths]
    number = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], np.int64)
