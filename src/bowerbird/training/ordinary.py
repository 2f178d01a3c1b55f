"""Gathers ordinary pictures, which nobody judged, for training to compare the owner's with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from bowerbird.models.background import MOST, Background
from bowerbird.training import sources
from bowerbird.training.embedding import Collection

#: What an owner says who wants to compare with nothing.
NONE: Final = "none"


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

    Raises:
        ValueError: there are no pictures.
    """
    order = np.random.default_rng(0).permutation(len(collection.paths))[:MOST]
    rows = np.sort(order)
    return Background(collection.vectors[rows], sources.of(collection.paths)[rows], made_of, licence)
