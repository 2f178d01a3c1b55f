"""Teaches an existing bundle: `bowerbird train` with --feedback or --stream, without --good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.adapters.beforehand import bundle_name
from bowerbird.adapters.place import Place
from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.models import bundle as bundles
from bowerbird.models.bundle import Bundle
from bowerbird.models.densities import AgainstStream, Commonness, Neighbours
from bowerbird.models.manifest import Threshold
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import feedback, figures, heldout, ratio, twins, write
from bowerbird.training import stream as streams
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.heldout import HeldOut
from bowerbird.training.sample import CORNERS, Sample
from bowerbird.training.stream import Stream
from bowerbird.training.training import Wishes, check, open_embedder

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

_NONE: Final = np.empty(0)


def retrain(wishes: Wishes, labels: ObjectStore | None = None, place: Place | None = None) -> None:
    """Write the bundle `wishes.encoder` anew, held against a place's stream, and with labels in it.

    Raises:
        UsageError: there are too few labels or pictures of the stream, the bundle cannot be held against
            another background, or the new one would replace the one to start from.
    """
    base = bundles.load(wishes.encoder)
    if base.folder.resolve() == wishes.out.resolve():
        raise UsageError("--out is the bundle to start from; its labels would count again each time")
    taken = write.with_marks(write.networks(wishes.encoder), wishes.watermark)
    check(wishes, taken)
    novelty, margin, learnt, told = base.novelty, None, list[object](), ""
    stream = None if place is None else streams.read(place.store, taken.encoder, place.name)
    if stream is not None:
        novelty = held_against(base, stream)
        taken = replace(taken, background=stream.background)
        margin = None if labels is not None else _margin(base, novelty)
        learnt.append(stream)
    if labels is not None:
        cache = EmbeddingCache(wishes.cache)
        labelled = feedback.read(labels, open_embedder(taken, cache))
        cache.close()
        learned = feedback.learn(novelty, labelled, remembered(base))
        novelty = learned.novelty
        learnt += [labelled, learned]
        told = learned.told
    write.write(
        wishes.out,
        taken,
        novelty,
        version=wishes.version,
        chosen=f"as {base.label}, before it was taught more: {base.manifest.novelty.threshold.chosen}",
        created_from=wishes.created_from or "; ".join(map(str, [base.label, *learnt])),
        licence=wishes.licence,
        preview_margin=margin,
    )
    if novelty.reference:
        shown = wishes.out / "report"
        shown.mkdir(exist_ok=True)
        figures.histogram(novelty.reference, novelty.threshold, shown / "scores.png")
    teachers = " and ".join(str(each) for each in learnt if not isinstance(each, feedback.Learned))
    print(f"{wishes.out.name} is {base.label}, and has learnt more from {teachers}.")
    if told:
        print(told)
    print(f'Let it judge: bowerbird mine --bundle {wishes.out}, or bundle = "{wishes.out}" in bowerbird.toml')
    if stream is not None and place is not None:
        print(*streams.make_promise(stream, novelty, wishes.label, place.store), sep="\n")


def write_anew(base: Bundle, stream: Stream, out: Path, version: str, created_from: str) -> str:
    """Write a bundle that is held against this stream; returns its label. Raises what `held_against` does."""
    novelty = held_against(base, stream)
    write.write(
        out,
        replace(write.networks(str(base.folder)), background=stream.background),
        novelty,
        version=version,
        chosen=f"as {base.label}: {base.manifest.novelty.threshold.chosen}",
        created_from=created_from,
        licence=base.manifest.novelty.artifact.licence,
        preview_margin=_margin(base, novelty),
    )
    return f"{bundle_name(out)}@{version}"


def held_against(base: Bundle, stream: Stream) -> Novelty:
    """Put the stream's sample in the place of whatever background a bundle's model has.

    The threshold keeps as many of the owner's pictures as it did before.

    Raises:
        UsageError: the bundle does not hold the pictures that its model was held out on, or a gain is not
            likely.
    """
    known = remembered(base).get("heldout")
    if known is None:
        raise UsageError(
            f"{base.label} does not hold your pictures, so nothing can be weighed: give them with --good DIR"
        )
    before = base.novelty.reference["heldout"]
    rest = tuple(part for part in base.novelty.parts if not _is_background(part))
    sample = Sample(
        known,
        known[:0],
        np.empty(0, np.int64),
        known[:0],
        twins=twins.groups(known),
        background=stream.background.vectors,
        sources=stream.background.sources,
        stream=True,
        corners=_references(base)[len(known) :],
    )
    alone = HeldOut(before - _held_out(base, known), _NONE, _NONE, float("nan"))
    weighed = ratio.weigh(sample, Novelty(rest, 0.0), alone)
    if weighed is None or not weighed.parts:
        why = "too few of its pictures are no copies of yours" if weighed is None else weighed.against
        raise UsageError(f"{base.label} would hardly gain from this stream and stays as it is: {why}")
    kept = float((before >= base.novelty.threshold).mean())
    model = Novelty((*rest, *weighed.parts), heldout.threshold(weighed.held.good, kept))
    return replace(model, reference={"training": model.score(known), "heldout": weighed.held.good})


def backgrounds_of(novelty: Novelty) -> tuple[Part, ...]:
    """List the parts of a model that hold pictures against a background or a stream."""
    return tuple(part for part in novelty.parts if _is_background(part))


def _is_background(part: Part) -> bool:
    return isinstance(part.density, Commonness | AgainstStream)


def _held_out(base: Bundle, known: Vectors) -> Scores:
    """Say what a bundle's backgrounds bring its owner's pictures, (N,), where they have not seen them."""
    total = np.zeros(len(known))
    for part in backgrounds_of(base.novelty):
        if isinstance(part.density, AgainstStream):
            if len(part.density.heldout) != len(known):
                raise UsageError(
                    f"{base.label} holds scores of {len(part.density.heldout)} pictures, and "
                    f"{len(known)} pictures"
                )
            total += part.weight * (part.density.heldout - part.mean) / part.deviation
        else:
            total += part.score(known)
    return total


def _margin(base: Bundle, novelty: Novelty) -> Threshold | None:
    """Keep what was measured of previews, where the new model loses no more of a preview than the old one.

    A head against the stream stretches all scores. Measured in the spread of the owner's held-out pictures,
    it moves a small copy less than the models before it (docs/research/models.md). So the margin stretches
    with that spread. Otherwise it stays where the background counts no more than it did.
    """
    margin = base.manifest.novelty.preview_margin
    if margin is None:
        return None
    if _headed(novelty):
        before, after = (float(each.reference["heldout"].std()) for each in (base.novelty, novelty))
        chosen = f"{margin.chosen}; stretched as the scores of your pictures were"
        return Threshold(value=margin.value * after / before, chosen=chosen)
    old, new = (sum(abs(part.weight) for part in backgrounds_of(each)) for each in (base.novelty, novelty))
    return margin if new <= old and not _headed(base.novelty) else None


def _headed(novelty: Novelty) -> bool:
    return any(isinstance(part.density, AgainstStream) for part in novelty.parts)


def remembered(bundle: Bundle) -> dict[str, NDArray[np.float32]]:
    """Give the vectors behind a bundle's scores, if the bundle holds them all; a mixture keeps no vectors."""
    vectors = _references(bundle)[: len(bundle.novelty.reference.get("heldout", ()))]
    return {"training": vectors, "heldout": vectors} if len(vectors) else {}


def _references(bundle: Bundle) -> Vectors:
    """Give the pictures that a bundle learnt from, and then their corners; none unless it holds all."""
    known = len(bundle.novelty.reference.get("heldout", ()))
    for part in bundle.novelty.parts:
        whole = part.span == (0, bundle.encoder.dim)
        if isinstance(part.density, Neighbours) and whole:
            vectors = part.density.reference.astype(np.float32)
            if len(vectors) in {known, (1 + CORNERS) * known}:
                return vectors
    return np.empty((0, bundle.encoder.dim), np.float32)
