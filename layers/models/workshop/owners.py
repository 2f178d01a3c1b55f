r"""Measures what owners of a few pictures get: alone, against ordinary pictures, and against their stream.

    .venv/bin/python -m layers.models.workshop.owners DIR... --kinds FILE... --background ORDINARY

Names tell the collection, as in `collection__1.jpg`; a picture without a line in a kinds file (file, tab,
kind) is of the kind that its collection's name says. In each draw an owner of a taste has pictures of some
collections, and is judged on the others. Half of those pictures is not judged, but makes the stream: 300 at
most, of which the owner would love a known share. The ordinary pictures come from no judged collection. A
taste of a single collection is judged on the rest of it, which flatters it.

With `--mixed` pictures are drawn instead of collections: what is judged comes from the owner's collections,
too, but no copy of it is on the other side. The stream holds up to 600. That is easier.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.imaging import picture_files
from bowerbird.models.novelty import Novelty
from bowerbird.training import corners, fit, sources, twins, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection
from bowerbird.training.heldout import auroc
from bowerbird.training.sample import Sample, Span, corners_of
from bowerbird.training.training import open_embedder

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
Vectors = NDArray[np.float32]
Names = NDArray[np.str_]

_SCENERY: Final = (
    *("scenery", "waterfall", "ice_snow", "aurora_or_night", "fog", "desert_dunes", "aerial"),
    "dusk_silhouette",
)
_DRAWN: Final = ("painted_digital_anime", "vector_lowpoly", "paintings_vangogh256")
TASTES: Final = {
    "scenery": _SCENERY,
    "anime and drawings": _DRAWN[:1],
    "mixed art": _DRAWN,
    "city": ("city_building_bridge",),
    "pets": ("catsdogs",),
    "van Gogh": _DRAWN[2:],
}
PHOTOGRAPHS: Final = (
    *_SCENERY,
    *("city_building_bridge", "animal", "macro_plant", "people", "vehicle_object", "catsdogs"),
    *("imagenet_samples", "clothing"),
)
SHARES: Final = (0.03, 0.10)
_STREAM: Final = 300
_MIXED_STREAM: Final = 600
#: Fewer left to judge say too little.
_FEWEST_LEFT: Final = 8
_FEWEST_PLACES: Final = 3


@dataclass(frozen=True, slots=True)
class World:
    """All pictures there are, each one's collection and kind, and the ordinary ones with theirs."""

    pictures: Collection
    places: Names
    kinds: Names
    background: Vectors
    ordinary: Names
    style: Span | None

    def own(self, rows: Rows) -> Sample:
        """Make a sample of an owner who has these pictures."""
        kinds = len(self.pictures.imitations) // len(self.pictures.vectors)
        vectors = self.pictures.vectors[rows]
        imitations = self.pictures.imitations.reshape(len(self.pictures.vectors), kinds, -1)[rows]
        places = sources.of([self.pictures.paths[row] for row in rows])
        return Sample(
            vectors,
            imitations.reshape(-1, vectors.shape[1]),
            np.repeat(np.arange(len(rows)), kinds),
            vectors[:0],
            style=self.style,
            twins=sources.together(twins.groups(vectors), places),
            corners=corners_of(self.pictures.corners, rows),
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """Rows of the owner's pictures, and of what a stream may hold and what is judged: loved ones, others.

    The stream holds `most` pictures. `unseen` names the collections that only judge.
    """

    own: Rows
    stream: tuple[Rows, Rows]
    judged: tuple[Rows, Rows]
    unseen: Names
    most: int = _STREAM


def draw(world: World, kinds: tuple[str, ...], count: int, seed: int) -> Draw | None:
    """Draw an owner; None where too few pictures are left to judge."""
    rng = np.random.default_rng(1000 * seed + count)
    loved = np.isin(world.kinds, kinds)
    theirs = _some_places(world.places, loved, count, rng)
    mine = loved & np.isin(world.places, theirs)
    own = rng.permutation(np.flatnonzero(mine))[:count]
    if len(np.unique(world.places[loved])) < _FEWEST_PLACES:
        mine = np.isin(np.arange(len(loved)), own)
    elsewhere = [place for place in np.unique(world.places) if place not in theirs]
    shared = [*theirs, *rng.permutation(elsewhere)[: len(elsewhere) // 3]]
    others = rng.permutation(np.flatnonzero(~loved & ~np.isin(world.places, shared)))
    left = rng.permutation(np.flatnonzero(loved & ~mine))
    if len(own) < count or len(left) < 2 * _FEWEST_LEFT:
        return None
    good, rest = len(left) // 2, len(others) // 2
    judged = (left[good:], others[rest:])
    return Draw(own, (left[:good], others[:rest]), judged, np.unique(world.places[np.concatenate(judged)]))


def draw_mixed(world: World, kinds: tuple[str, ...], count: int, seed: int) -> Draw | None:
    """Draw an owner from all collections alike; None where too few pictures are left to judge.

    Copies are on one side: the owner's, the stream's or the one that is judged.
    """
    rng = np.random.default_rng(1000 * seed + count)
    loved, alike = np.isin(world.kinds, kinds), twins.groups(world.pictures.vectors)
    own = rng.permutation(np.flatnonzero(loved))[:count]
    streams = (rng.permutation(alike.max() + 1) % 2 == 0)[alike]
    left = rng.permutation(np.flatnonzero(~np.isin(alike, alike[own])))
    stream, judged = (
        (left[loved[left] & side[left]], left[~loved[left] & side[left]]) for side in (streams, ~streams)
    )
    if len(own) < count or min(len(stream[0]), len(judged[0])) < _FEWEST_LEFT:
        return None
    return Draw(own, stream, judged, world.places[:0], _MIXED_STREAM)


def _some_places(places: Names, loved: NDArray[np.bool_], count: int, rng: np.random.Generator) -> list[str]:
    """Take collections until they hold somewhat more than the owner has."""
    taken: list[str] = []
    for place in rng.permutation(np.unique(places[loved])):
        if len(taken) >= _FEWEST_PLACES and np.sum(loved & np.isin(places, taken)) >= 1.3 * count:
            break
        taken.append(str(place))
    return taken


def backgrounds(world: World, drawn: Draw) -> Iterator[tuple[Vectors, Rows]]:
    """Give the ordinary pictures, then a stream for each share of good ones; each with its places."""
    ordinary = np.flatnonzero(~np.isin(world.ordinary, drawn.unseen))
    yield world.background[ordinary], np.unique(world.ordinary[ordinary], return_inverse=True)[1]
    good, rest = drawn.stream
    for share in SHARES:
        size = min(drawn.most, len(rest), int(len(good) / share))
        rows = np.concatenate([good[: round(size * share)], rest[: size - round(size * share)]])
        yield world.pictures.vectors[rows], np.arange(len(rows))


def models(world: World, drawn: Draw) -> Iterator[Novelty]:
    """Train alone, and against each background."""
    sample = world.own(drawn.own)
    alone = replace(sample, corners=sample.corners[:0])
    yield _fit(alone).novelty
    for stream, (vectors, places) in enumerate(backgrounds(world, drawn)):
        seen = replace(sample if stream else alone, background=vectors, sources=places, stream=stream > 0)
        yield corners.fit_with(seen, _fit).novelty


def _fit(sample: Sample) -> fit.Fitted:
    return fit.fit(sample, {"neighbours": fit.neighbours}, keep_rate=0.9)


def areas(world: World, drawn: Draw) -> Scores:
    """Give the AUROC of each model (alone, ordinary, streams) against photographs and everything, (M, 2)."""
    good, others = (world.pictures.vectors[rows] for rows in drawn.judged)
    photographs = np.isin(world.kinds[drawn.judged[1]], PHOTOGRAPHS)
    found = []
    for model in models(world, drawn):
        own, rest = model.score(good), model.score(others)
        found.append((auroc(own, rest[photographs]), auroc(own, rest)))
    return np.array(found)


def line(taste: str, count: int, found: Scores) -> str:
    """Make a row of the table from the areas of every draw, (draws, M, 2).

    A cell has the mean, how far it may be off (95 %, over draws), and the lowest.
    """
    cells = [
        f"{of.mean():.3f} ± {1.96 * of.std(ddof=1) / np.sqrt(len(of)):.3f} ({of.min():.3f})"
        for against in (0, 1)
        for of in found[:, :, against].T
    ]
    return f"| {taste} | {count} | {len(found)} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--kinds", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--background", type=Path, required=True, metavar="DIR")
    parser.add_argument("--own", type=int, nargs="+", default=[20, 50, 156])
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--mixed", action="store_true", help="draw pictures, not collections")
    parser.add_argument("--encoder", default="lite", help="of a bundle, or an encoder.json")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    world = _world(args)
    sides = ("alone", "ordinary", *(f"stream, {share:.0%} good" for share in SHARES))
    heads = [f"{against}: {side}" for against in ("photographs", "everything") for side in sides]
    print(f"| taste | own | draws | {' | '.join(heads)} |\n|{' --- |' * (len(heads) + 3)}")
    for taste, kinds in TASTES.items():
        for count in args.own:
            drawn = draw_mixed if args.mixed else draw
            draws = [drawn(world, kinds, count, seed) for seed in range(args.draws)]
            found = [areas(world, each) for each in draws if each is not None]
            if len(found) > 1:
                print(line(taste, count, np.array(found)), flush=True)


def _world(args: argparse.Namespace) -> World:
    taken = write.networks(args.encoder)
    embedder = open_embedder(taken, EmbeddingCache(args.cache))
    pictures = embedder.embed(
        picture_files.find(args.folders), imitate=True, done=lambda: None, cornered=True
    )
    ordinary = embedder.embed(picture_files.find([args.background]), imitate=False, done=lambda: None)
    places = _places(pictures)
    kind_of = dict(_kinds(args.kinds))
    kinds = [kind_of.get(path.name, place) for path, place in zip(pictures.paths, places, strict=True)]
    style = taken.encoder.style
    return World(pictures, places, np.array(kinds), ordinary.vectors, _places(ordinary), style)


def _places(collection: Collection) -> Names:
    return np.array([path.name.partition("__")[0] for path in collection.paths])


def _kinds(files: list[Path]) -> Iterator[tuple[str, str]]:
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows: Iterator[Mapping[str, str]] = csv.DictReader(file, delimiter="\t")
            yield from ((row["file"], row["kind"]) for row in rows)


if __name__ == "__main__":
    main()
