"""Runs the steps of `bowerbird train`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress

from bowerbird.adapters import beforehand
from bowerbird.adapters.place import Place
from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.cores import cores
from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.core.whole import write_whole
from bowerbird.imaging import picture_files
from bowerbird.models import files
from bowerbird.models.encoder import Encoder
from bowerbird.models.session import Session
from bowerbird.training import feedback, figures, fit, mixtures, ordinary, ratio, sources, twins, write
from bowerbird.training import stream as streams
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection, Embedder
from bowerbird.training.mixtures import Trial


@dataclass(frozen=True, slots=True)
class Wishes:
    """The owner's wishes for `bowerbird train`; see its options.

    `background` is a folder, `none`, or None for what comes with the encoder.
    """

    good: tuple[Path, ...]
    rejects: tuple[Path, ...]
    background: str | None
    out: Path
    encoder: str
    keep_rate: float
    mixture: str | None
    cache: Path
    version: str
    created_from: str | None
    licence: str

    @property
    def label(self) -> str:
        """Return the new bundle's name and version, as decisions will record them."""
        return f"{beforehand.bundle_name(self.out)}@{self.version}"


def train(wishes: Wishes, labels: ObjectStore | None = None, place: Place | None = None) -> None:
    """Embed, choose and fit, write the bundle, and show on standard error what was found.

    With a `place`, its stream is what the owner's pictures are held against.
    """
    start = time.monotonic()
    forced = None if wishes.mixture is None else parse_mixture(wishes.mixture)
    taken = write.networks(wishes.encoder)
    check(wishes, taken)
    stream = None if place is None else streams.read(place.store, taken.encoder, place.name)
    if stream is not None:
        taken = replace(taken, background=stream.background)
    cache = EmbeddingCache(wishes.cache)
    embedder = open_embedder(taken, cache)
    labelled = None if labels is None else feedback.read(labels, embedder)
    with Progress(console=Console(stderr=True)) as progress:
        good, rejects, others = _embed(wishes, embedder, progress)
        cache.close()
        trials = _trials(good.vectors, progress)
    sample = fit.Sample(
        good.vectors,
        good.imitations,
        good.origin,
        rejects.vectors,
        style=taken.encoder.style,
        twins=sources.together(twins.groups(good.vectors), sources.of(good.paths)),
    )
    background = ordinary.chosen(wishes.background, taken.background, others, wishes.licence)
    taken = replace(taken, background=background)
    if background is not None:
        sample = replace(sample, background=background.vectors, sources=background.sources)
    best = max(trials, key=lambda trial: trial.heldout)
    fitted = fit.fit(sample, contenders(best, forced), keep_rate=wishes.keep_rate, use_head=forced is None)
    if forced is not None:
        fitted = _only(sample, forced, wishes.keep_rate, fitted)
    source = f"{len(good.paths)} pictures, {len(rejects.paths)} rejects"
    source += f", {stream}" if stream else ""
    chosen = f"keeps {wishes.keep_rate:.3g} of {len(good.paths)} pictures, held out in {fit.FOLDS} folds"
    if labelled is not None:
        seen = {"training": good.vectors, "heldout": good.vectors, "rejects": rejects.vectors}
        own = {name: seen[name] for name in fitted.novelty.reference}
        learned = feedback.learn(fitted.novelty, labelled, own)
        fitted, source = replace(fitted, novelty=learned.novelty), f"{source}; {labelled}"
        chosen += ", before the labels"
        print(f"{labelled}; {learned}")
    write.write(
        wishes.out,
        taken,
        fitted.novelty,
        version=wishes.version,
        chosen=chosen,
        created_from=wishes.created_from or source,
        licence=wishes.licence,
    )
    _show(wishes.out, trials, fitted, good)
    if fitted.against:
        print(f"compared {fitted.against}")
    print(
        f"{wishes.out}: {fitted.winner}, keeps from match {fitted.novelty.threshold:.4g}, "
        f"{len(good.paths)} pictures, {time.monotonic() - start:.0f} s"
    )
    if stream is not None and place is not None:
        print(*streams.make_promise(stream, fitted.novelty, wishes.label, place.store), sep="\n")
    print(
        f"to judge previews too: bowerbird calibrate {wishes.out} --previews DIR of other pictures you love"
    )


def _trials(vectors: mixtures.Vectors, progress: Progress) -> list[Trial]:
    task = progress.add_task("mixtures", total=len(mixtures.COUNTS) * len(mixtures.COVARIANCES))
    trials = []
    for trial in mixtures.compare(vectors):
        trials.append(trial)
        progress.advance(task)
    progress.update(task, completed=progress.tasks[task].total)
    return trials


def check(wishes: Wishes, taken: write.Networks) -> None:
    """Refuse whatever can be seen to be wrong before the first picture is read.

    Raises:
        UsageError: the folders or their names are wrong, or the disk has too little room.
        BundleError: a network is not what its description says.
    """
    beforehand.bundle_name(wishes.out)
    beforehand.folder_to_write(wishes.out, sum(file.bytes for file in taken.artifacts))
    if wishes.good:
        found = len(beforehand.pictures_of(wishes.good, "--good", fit.FEWEST))
        _check_mixture(wishes.mixture, found)
    for folder in wishes.rejects:
        beforehand.pictures_of([folder], "--reject")
    for folder in ordinary.folders(wishes.background):
        beforehand.pictures_of([folder], "--background", ratio.FEWEST)
    for file in taken.artifacts:
        files.check(taken.folder / file.file, file)


def _check_mixture(wanted: str | None, found: int) -> None:
    count = 1 if wanted is None else parse_mixture(wanted)[0]
    most = found - -(-found // fit.FOLDS)  # a fold is held out
    if count > most:
        raise UsageError(f"--mixture {wanted}: {found} pictures serve {most} components at most")


def parse_mixture(text: str) -> tuple[int, str]:
    """`16:full` → (16, "full").

    Raises:
        UsageError: not K:COVARIANCE.
    """
    count, _, covariance = text.partition(":")
    if not count.isdecimal() or int(count) < 1 or covariance not in mixtures.COVARIANCES:
        raise UsageError(
            f"--mixture {text}: write K:COVARIANCE with one of {', '.join(mixtures.COVARIANCES)}"
        )
    return int(count), covariance


def _mixture(count: int, covariance: str) -> fit.Fitter:
    return lambda sample: mixtures.fit(sample.good, count, covariance, at_last=sample.at_last)


def contenders(best: Trial, forced: tuple[int, str] | None) -> dict[str, fit.Fitter]:
    """Give the models to fit: neighbours, Mahalanobis, and the mixture that explains unseen pictures best."""
    known: dict[str, fit.Fitter] = {
        "neighbours": fit.neighbours,
        "mahalanobis": _mixture(1, "full"),
        f"mixture {best.count}:{best.covariance}": _mixture(best.count, best.covariance),
    }
    if forced is not None:
        known[f"mixture {forced[0]}:{forced[1]}"] = _mixture(*forced)
    return known


def _only(sample: fit.Sample, forced: tuple[int, str], keep_rate: float, free: fit.Fitted) -> fit.Fitted:
    """Fit the model that the owner insists on, and compare it with what the others would have done."""
    name = f"mixture {forced[0]}:{forced[1]}"
    sample = replace(sample, background=sample.background[:0], sources=None)
    alone = fit.fit(sample, {name: _mixture(*forced)}, keep_rate=keep_rate, use_head=False)
    cost = free.contenders[free.winner].separation - alone.total.separation
    print(
        f"{name} was asked for: separation {alone.total.separation:.3f}, {cost:.3f} below {free.winner}; "
        f"where it keeps 95 % of the pictures it has seen it keeps {alone.total.memory:.1%} of unseen ones",
        file=sys.stderr,
    )
    return fit.Fitted(alone.novelty, alone.winner, free.contenders, alone.total)


def open_embedder(taken: write.Networks, cache: EmbeddingCache) -> Embedder:
    """Open the encoder of these networks, on all cores, with the memory of earlier runs."""
    entry = taken.encoder
    session = Session(taken.folder / entry.artifact.file)
    return Embedder(
        Encoder(session, entry.preprocess.build(), entry.dim),
        entry.fingerprint,
        cache,
        cores(),
    )


def _embed(wishes: Wishes, embedder: Embedder, progress: Progress) -> tuple[Collection, ...]:
    def collect(places: Sequence[Path], name: str, *, imitate: bool) -> Collection:
        paths = picture_files.find(places)
        task = progress.add_task(name, total=len(paths))
        done: Callable[[], None] = partial(progress.advance, task)
        found = embedder.embed(paths, imitate=imitate, done=done)
        for path, reason in found.unreadable:
            print(shown(f"left out {path}: {reason}"), file=sys.stderr)
        return found

    good = collect(wishes.good, "embedding", imitate=True)
    rejects = collect(wishes.rejects, "rejects", imitate=False)
    others = collect(ordinary.folders(wishes.background), "background", imitate=False)
    return good, rejects, others


def _show(out: Path, trials: list[Trial], fitted: fit.Fitted, good: Collection) -> None:
    shown = out / "report"
    shown.mkdir(exist_ok=True)
    figures.criteria(trials, shown / "mixtures.png")
    figures.histogram(fitted.novelty.reference, fitted.novelty.threshold, shown / "scores.png")
    heldout = np.asarray(fitted.novelty.reference["heldout"])
    if "rejects" in fitted.novelty.reference:
        figures.curves(heldout, np.asarray(fitted.novelty.reference["rejects"]), shown / "curves.png")
    for name, above in (("kept", True), ("dropped", False)):
        figures.nearest(
            good.paths, heldout, fitted.novelty.threshold, shown / f"nearest-{name}.jpg", above=above
        )
    table = figures.table(trials, fitted)
    write_whole(shown / "report.md", table.encode())
    print(table, file=sys.stderr)
