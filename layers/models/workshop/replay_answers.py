r"""Replays an owner who answers what the label page asks, and measures what the answers brought.

    .venv/bin/python layers/models/workshop/replay_answers.py --good LOVED --rest OTHERS \
        --own DIR [--reject DIR] [--background DIR] [--tell]

The owner keeps every picture of `--good` and rejects every one of `--rest`. In each draw, half of the sources
make the place whose pictures may be asked for, one in ten of them loved. The other half judges. Files whose
names share what stands before `__` come from one source. The model at the start is trained on pictures of
`--own`, against `--reject` and the ordinary pictures of `--background`, of sources that do not judge. Without
`--own` it is `--bundle`, which must have learned none of these pictures. Answers are learned from copies of
256 pixels, as in a place; originals are judged.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird import imaging
from bowerbird.imaging import picture_files
from bowerbird.models import bundle as bundles
from bowerbird.models.novelty import Novelty
from bowerbird.training import feedback, fit, gains, sources, twins, write
from bowerbird.training.asking import Pool
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection, Embedder
from bowerbird.training.feedback import Labelled
from bowerbird.training.gains import Scored
from bowerbird.training.heldout import auroc
from bowerbird.training.sample import Sample
from bowerbird.training.training import open_embedder

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Words = NDArray[np.bool_]
Rows = NDArray[np.int64]

COUNTS: Final = (1, 3, 5, 10, 20, 40)
TOLD: Final = (20, 30, 40)
_SMALL: Final = 256
_SHARE: Final = 0.1
_KEEP_RATE: Final = 0.9
_FIRST_SEED: Final = 1000  # the prior and the way of asking were chosen on other draws


@dataclass(frozen=True)
class World:
    """All pictures: originals and small copies (N, D), the owner's words and the sources (N,), file names."""

    originals: Vectors
    copies: Vectors
    loved: Words
    sources: NDArray[np.str_]
    names: list[str]


@dataclass(frozen=True)
class Draw:
    """One draw: the place's rows, in an order by chance, and the rows that judge."""

    place: Rows
    judges: Rows
    rng: np.random.Generator


Case = tuple[Draw, Novelty]  # and the model at its start


def judged(scores: Scores, loved: Words, threshold: float) -> NDArray[np.float64]:
    """AUROC (in thousandths), let in at 90 % kept, kept and let in at the threshold (in per cent)."""
    good, bad = scores[loved], scores[~loved]
    bar = np.quantile(good, 1 - _KEEP_RATE, method="median_unbiased")
    shares = (bad >= bar).mean(), (good >= threshold).mean(), (bad >= threshold).mean()
    return np.array([1000 * auroc(good, bad), *(100 * float(share) for share in shares)])


# Ways to ask. Each gives rows of the place, in the order of asking.
Way = Callable[[World, Draw, Novelty, int], Rows]


def _margins(world: World, draw: Draw, base: Novelty) -> Scores:
    return base.score(world.originals[draw.place]) - base.threshold


def by_chance(_world: World, draw: Draw, _base: Novelty, count: int) -> Rows:
    """Any pictures of the place."""
    return draw.rng.permutation(draw.place)[:count]


def closest(world: World, draw: Draw, base: Novelty, count: int) -> Rows:
    """The closest calls, as the page asked before."""
    return draw.place[np.argsort(np.abs(_margins(world, draw, base)))[:count]]


def closest_unlike(world: World, draw: Draw, base: Novelty, count: int) -> Rows:
    """Close calls, but none like one before."""
    return _greedy(world, draw, np.exp(-(_margins(world, draw, base) ** 2) / 2), count)


def closest_common(world: World, draw: Draw, base: Novelty, count: int) -> Rows:
    """Close calls that many pictures look like, but none like one before."""
    likeness = world.copies[draw.place] @ world.copies[draw.place].T
    common = np.sort(likeness, axis=1)[:, -11:-1].mean(axis=1)
    common = (common - common.min()) / np.ptp(common)
    return _greedy(world, draw, np.exp(-(_margins(world, draw, base) ** 2) / 8) * common, count)


def _greedy(world: World, draw: Draw, worth: Scores, count: int) -> Rows:
    likeness = world.copies[draw.place] @ world.copies[draw.place].T
    usual, nearest = np.median(likeness), np.full(len(worth), -1.0)
    chosen: list[int] = []
    for _ in range(count):
        left = worth * np.clip((1 - nearest) / (1 - usual), 0, 1)
        left[chosen] = -1
        chosen.append(int(left.argmax()))
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    return draw.place[chosen]


def kept_by_chance(world: World, draw: Draw, base: Novelty, count: int) -> Rows:
    """Any pictures that are let in."""
    mixed = draw.rng.permutation(draw.place)
    kept = base.score(world.originals[mixed]) >= base.threshold
    return np.concatenate([mixed[kept], mixed[~kept]])[:count]


def settles_most(world: World, draw: Draw, base: Novelty, count: int) -> Rows:
    """What the page asks: what settles most of what is let in, chosen anew after each answer."""
    pool = Pool(world.copies[draw.place], feedback.middle(base))
    margins, asked = _margins(world, draw, base), list[int]()
    moves = np.zeros(len(draw.place))
    for _ in range(count):
        asked += pool.questions(margins + moves, asked, 1)
        moves = learned(world, draw.place[asked], base).novelty.parts[-1].score(pool.vectors)
    return draw.place[asked]


WAYS: Final[dict[str, Way]] = {
    "any, by chance": by_chance,
    "closest calls": closest,
    "closest calls, none alike": closest_unlike,
    "closest calls that many look like, none alike": closest_common,
    "any that is let in": kept_by_chance,
    "what settles most of what is let in": settles_most,
}


def learned(world: World, rows: Rows, base: Novelty) -> feedback.Learned:
    """Learn the owner's words on these rows."""
    loved = world.loved[rows]
    return feedback.learn(base, Labelled(world.copies[rows][loved], world.copies[rows][~loved]), {})


def change(world: World, draw: Draw, base: Novelty, rows: Rows) -> NDArray[np.float64]:
    """What these answers change in the figures of the pictures that judge."""
    mine, loved = world.originals[draw.judges], world.loved[draw.judges]
    model = learned(world, rows, base).novelty
    before, after = base.score(mine), model.score(mine)
    return judged(after, loved, base.threshold) - judged(before, loved, base.threshold)


def draws(world: World, count: int) -> Iterator[Draw]:
    """Half of the sources make the place, the other half judges."""
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        rng = np.random.default_rng(seed)
        names, sizes = np.unique(world.sources, return_counts=True)
        order = rng.permutation(len(names))
        half = order[np.cumsum(sizes[order]) - sizes[order] < len(world.sources) / 2]
        inside = np.isin(world.sources, names[half])
        bad, good = np.flatnonzero(inside & ~world.loved), np.flatnonzero(inside & world.loved)
        few = rng.permutation(good)[: max(10, round(len(bad) * _SHARE / (1 - _SHARE)))]
        yield Draw(rng.permutation(np.concatenate([bad, few])), np.flatnonzero(~inside), rng)


def told(world: World, draw: Draw, base: Novelty, rows: Rows) -> tuple[gains.Gain | None, float, float]:
    """What the page tells of these answers, and what is true of the pictures that judge: let in, and now."""
    order = np.argsort(~world.loved[rows], kind="stable")
    rows = rows[order]
    lesson = learned(world, rows, base)
    margins, others = _margins(world, draw, base), ~np.isin(draw.place, rows)
    moves = lesson.novelty.parts[-1].score(world.copies[draw.place])
    gain = gains.estimate(
        Scored(base.score(world.originals[rows]) - base.threshold, lesson.moves),
        world.loved[rows],
        Scored(margins[others], moves[others]),
        margins,
    )
    bad = world.originals[draw.judges][~world.loved[draw.judges]]
    then, now = (100 * (model.score(bad) >= base.threshold).mean() for model in (base, lesson.novelty))
    return gain, float(then), float(now)


def main() -> None:
    """Print the tables, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--good", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--rest", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--bundle", default="lite")
    parser.add_argument("--own", type=Path, nargs="*", default=[], metavar="DIR", help="trains the model")
    parser.add_argument("--reject", type=Path, nargs="*", default=[], metavar="DIR", help="with --own")
    parser.add_argument("--background", type=Path, nargs="*", default=[], metavar="DIR", help="with --own")
    parser.add_argument("--answers", type=int, default=20)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--tell", action="store_true", help="tell one afternoon, question by question")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    embedder = open_embedder(write.networks(args.bundle), EmbeddingCache(args.cache))
    world = seen(embedder, args.good, args.rest)
    drawn = list(draws(world, 1 if args.tell else args.draws))
    if args.own:
        teach = Training.of(embedder, args.own, args.reject, args.background, args.bundle)
        cases = [(each, teach.without(set(world.sources[each.judges]))) for each in drawn]
    else:
        cases = [(each, bundles.load(args.bundle).novelty) for each in drawn]
    if args.tell:
        tell(world, *cases[0], args.answers)
        return
    _tables(world, cases, args.answers)


def _tables(world: World, cases: list[Case], answers: int) -> None:
    start = [
        judged(base.score(world.originals[d.judges]), world.loved[d.judges], base.threshold)
        for d, base in cases
    ]
    print(f"before: {cells(np.array(start))}; AUROC in thousandths, the rest in per cent\n")
    print(f"| {answers} answers to | AUROC | let in at 90 % kept | kept at the threshold | let in at it |")
    print("| --- | --- | --- | --- | --- |")
    asked = {name: [way(world, *case, max(COUNTS)) for case in cases] for name, way in WAYS.items()}
    for name, rows in asked.items():
        found = [change(world, *case, each[:answers]) for case, each in zip(cases, rows, strict=True)]
        print(f"| {name} | {cells(np.array(found), signed=True)} |", flush=True)
    best = asked[list(WAYS)[-1]]
    for count in COUNTS:
        found = [change(world, *case, each[:count]) for case, each in zip(cases, best, strict=True)]
        worst = f"{np.max(found, axis=0)[1]:+.1f}"
        name = f"{count}, settling most (let in at 90 % kept, at worst {worst})"
        print(f"| {name} | {cells(np.array(found), signed=True)} |", flush=True)
    for word in (False, True):
        one = [each[world.loved[each] == word][:5] for each in best]
        found = [change(world, *case, each) for case, each in zip(cases, one, strict=True) if len(each)]
        name = "keeps" if word else "rejects"
        print(f"| first 5 {name} alone | {cells(np.array(found), signed=True)} |", flush=True)
    for count in TOLD:
        pairs = zip(cases, best, strict=True)
        print(_checked(count, [told(world, *case, each[:count]) for case, each in pairs]))


def _checked(count: int, found: list[tuple[gains.Gain | None, float, float]]) -> str:
    """Hold what the page tells against what is true of the pictures that judge."""
    known = [(gain, then, now) for gain, then, now in found if gain is not None]
    if not known:
        return f"\nafter {count} answers it was always too early to say"
    held = sum(now <= gain.most for gain, _, now in known)
    wrong = sum(gain.fewer and now >= then for gain, then, now in known)
    rows = [(gain.before, then, gain.after, now, gain.most) for gain, then, now in known]
    before, then, after, now, most = np.mean(rows, axis=0)
    return (
        f"\ntold after {count} answers in {len(known)} of {len(found)}: before {before:.1f} (true "
        f"{then:.1f}), now {after:.1f} (true {now:.1f}), at most {most:.1f}, which holds in {held}; "
        f"{sum(gain.fewer for gain, *_ in known)} times surely fewer, which were none in {wrong}"
    )


def cells(found: NDArray[np.float64], *, signed: bool = False) -> str:
    """Means of draws, and how far they may be off with 95 % confidence."""
    error = 1.96 * found.std(axis=0, ddof=1) / np.sqrt(len(found))
    pairs = zip(found.mean(axis=0), error, strict=True)
    return " | ".join(f"{mean:{'+' if signed else ''}.1f} ± {off:.1f}" for mean, off in pairs)


def tell(world: World, draw: Draw, base: Novelty, count: int) -> None:
    """Tell one afternoon: each question, the answer, and what the answers so far brought."""
    mine, loved = world.originals[draw.judges], world.loved[draw.judges]
    rows = settles_most(world, draw, base, count)
    print("| | picture | answer | let in at 90 % kept | AUROC | kept and let in at the threshold |")
    print("| --- | --- | --- | --- | --- | --- |")
    for number in range(count + 1):
        model = learned(world, rows[:number], base).novelty if number else base
        area, let_in, kept_at, let_in_at = judged(model.score(mine), loved, base.threshold)
        name, word = (world.names[rows[number - 1]], world.loved[rows[number - 1]]) if number else ("", None)
        answer = "" if word is None else "keep" if word else "reject"
        print(
            f"| {number} | {name} | {answer} | {let_in:.1f} % | {area / 1000:.3f} "
            f"| {kept_at:.1f} %, {let_in_at:.1f} % |",
            flush=True,
        )
    gain, then, now = told(world, draw, base, rows)
    truth = f"True of pictures never asked for: {then:.1f} were let in, and now {now:.1f}."
    print(f"\n{gains.told(gain, count)}\n{truth}")


def seen(embedder: Embedder, good: list[Path], rest: list[Path]) -> World:
    """Embed all pictures, and a small copy of each."""
    paths, originals, copies, loved = list[Path](), list[Vectors](), list[Vectors](), list[bool]()
    for folders, word in ((good, True), (rest, False)):
        found = embedder.embed(picture_files.find(folders), imitate=False, done=lambda: None)
        paths += found.paths
        originals.append(found.vectors)
        copies += [embedder.vectors(_copy(path), imitate=False) for path in found.paths]
        loved += [word] * len(found.paths)
    return World(
        np.concatenate(originals),
        np.concatenate(copies),
        np.array(loved),
        np.array([path.name.partition("__")[0] for path in paths]),
        [path.stem for path in paths],
    )


def _copy(path: Path) -> bytes:
    return imaging.thumbnail(imaging.decode(path.read_bytes(), min_side=2 * _SMALL), _SMALL)


@dataclass(frozen=True)
class Training:
    """What trains a model: the owner's pictures, and ordinary ones (B, D) with their sources (B,)."""

    sample: Sample
    ordinary: Vectors
    names: NDArray[np.str_]

    @classmethod
    def of(
        cls, embedder: Embedder, own: list[Path], reject: list[Path], ordinary: list[Path], bundle: str
    ) -> Training:
        """Embed the pictures."""
        mine = embedder.embed(picture_files.find(own), imitate=True, done=lambda: None)
        others, beside = (
            embedder.embed(picture_files.find(each), imitate=False, done=lambda: None)
            for each in (reject, ordinary)
        )
        alike = sources.together(twins.groups(mine.vectors), sources.of(mine.paths))
        style = write.networks(bundle).encoder.style
        sample = Sample(mine.vectors, mine.imitations, mine.origin, others.vectors, style=style, twins=alike)
        return cls(sample, beside.vectors, _sources(beside))

    def without(self, judging: set[str]) -> Novelty:
        """Train as `bowerbird train` does with neighbours, to keep 90 %; no ordinary picture may judge."""
        return fit.fit(self.apart(judging), {"neighbours": fit.neighbours}, keep_rate=_KEEP_RATE).novelty

    def apart(self, judging: set[str]) -> Sample:
        """Give what to train on: the ordinary pictures are of no source that judges."""
        rows = ~np.isin(self.names, list(judging))
        numbers = np.unique(self.names[rows], return_inverse=True)[1]
        return replace(self.sample, background=self.ordinary[rows], sources=numbers)


def _sources(collection: Collection) -> NDArray[np.str_]:
    return np.array([path.name.partition("__")[0] for path in collection.paths], np.str_)


if __name__ == "__main__":
    main()
