"""Teaches an existing bundle what the owner said: `bowerbird train --feedback PLACE` without --good."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.models import bundle as bundles
from bowerbird.models.bundle import Bundle
from bowerbird.models.densities import Neighbours
from bowerbird.training import feedback, figures, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.training import Wishes, check, open_embedder


def retrain(wishes: Wishes, labels: ObjectStore) -> None:
    """Write the bundle `wishes.encoder` with the labels in it.

    Raises:
        UsageError: there are too few labels, or the new bundle would replace the one they are added to.
    """
    base = bundles.load(wishes.encoder)
    if base.folder.resolve() == wishes.out.resolve():
        raise UsageError("--out is the bundle to start from; its labels would count again each time")
    taken = write.networks(wishes.encoder)
    check(wishes, taken)
    cache = EmbeddingCache(wishes.cache)
    labelled = feedback.read(labels, open_embedder(taken, cache))
    cache.close()
    learned = feedback.learn(base.novelty, labelled, remembered(base))
    write.write(
        wishes.out,
        taken,
        learned.novelty,
        version=wishes.version,
        chosen=f"as {base.label}, before the labels: {base.manifest.novelty.threshold.chosen}",
        created_from=wishes.created_from or f"{base.label}; {labelled}",
        licence=wishes.licence,
    )
    if learned.novelty.reference:
        shown = wishes.out / "report"
        shown.mkdir(exist_ok=True)
        figures.histogram(learned.novelty.reference, learned.novelty.threshold, shown / "scores.png")
    print(f"{wishes.out}: {base.label}, {labelled}; {learned}")


def remembered(bundle: Bundle) -> dict[str, NDArray[np.float32]]:
    """Give the vectors behind a bundle's scores, if the bundle holds them all; a mixture keeps no vectors."""
    heldout = bundle.novelty.reference.get("heldout", np.empty(0))
    for part in bundle.novelty.parts:
        whole = part.span == (0, bundle.encoder.dim)
        if isinstance(part.density, Neighbours) and whole and len(part.density.reference) == len(heldout):
            vectors = part.density.reference.astype(np.float32)
            return {"training": vectors, "heldout": vectors}
    return {}
