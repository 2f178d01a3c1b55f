"""Runs the steps of `bowerbird train`."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bowerbird.adapters import beforehand
from bowerbird.adapters.place import Place
from bowerbird.adapters.terminal.counting import counting
from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.cores import cores
from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.core.usual import Marks
from bowerbird.imaging import picture_files
from bowerbird.models import files
from bowerbird.models.encoder import Encoder
from bowerbird.models.session import Session
from bowerbird.training import (
    corners,
    feedback,
    findings,
    fit,
    marked,
    mixtures,
    ordinary,
    ratio,
    report,
    sources,
    twins,
    write,
)
from bowerbird.training import stream as streams
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection, Embedder
from bowerbird.training.findings import Findings
from bowerbird.training.fit import Fitted
from bowerbird.training.mixtures import Trial
from bowerbird.training.sample import FEWEST, Sample


@dataclass(frozen=True, slots=True)
class Wishes:
    """The owner's wishes for `bowerbird train`; see its options.

    `background` is a folder, `none`, or None for what comes with the encoder. `watermark` says what
    the bundle makes of watermarks.
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
    watermark: Marks = "reject"

    @property
    def label(self) -> str:
        """Return the new bundle's name and version, as decisions will record them."""
        return f"{beforehand.bundle_name(self.out)}@{self.version}"


def train(wishes: Wishes, labels: ObjectStore | None = None, place: Place | None = None) -> None:
    """Embed, choose and fit, write the bundle and its report, and say in plain words what was found.

    With a `place`, its stream is what the owner's pictures are held against.
    """
    start = time.monotonic()
    forced = None if wishes.mixture is None else parse_mixture(wishes.mixture)
    taken = write.with_marks(write.networks(wishes.encoder), wishes.watermark)
    check(wishes, taken)
    stream = None if place is None else streams.read(place.store, taken.encoder, place.name)
    if stream is not None:
        taken = replace(taken, background=stream.background)
    cache = EmbeddingCache(wishes.cache)
    embedder = open_embedder(taken, cache)
    labelled = None if labels is None else feedback.read(labels, embedder)
    good, rejects, others = _embed(wishes, embedder, stream=stream is not None and forced is None)
    cache.close()
    trials = _trials(good.vectors)
    alike = twins.groups(good.vectors)
    sample = Sample(
        good.vectors,
        good.imitations,
        good.origin,
        rejects.vectors,
        style=taken.encoder.style,
        twins=sources.together(alike, sources.of(good.paths)),
    )
    background = ordinary.chosen(wishes.background, taken.background, others, wishes.licence)
    taken = replace(taken, background=background)
    if background is not None:
        sample = replace(
            sample,
            background=background.vectors,
            sources=background.sources,
            stream=stream is not None,
            corners=good.corners,
        )
    best = max(trials, key=lambda trial: trial.heldout)
    models = contenders(best, forced)
    fitted = corners.fit_with(
        sample,
        lambda sample: fit.fit(sample, models, keep_rate=wishes.keep_rate, use_head=forced is None),
    )
    if forced is not None:
        fitted = _only(sample, forced, wishes.keep_rate, fitted)
    cornered = " and their corners" if fitted.cornered else ""
    if fitted.cornered:
        print("The corners of your pictures count, too: they help to tell yours from the stream.")
    source = f"{len(good.paths)} pictures{cornered}, {len(rejects.paths)} rejects"
    source += f", {stream}" if stream else ""
    chosen = f"keeps {wishes.keep_rate:.3g} of {len(good.paths)} pictures, held out in {fit.FOLDS} folds"
    if labelled is not None:
        seen = {"training": good.vectors, "heldout": good.vectors, "rejects": rejects.vectors}
        own = {name: seen[name] for name in fitted.novelty.reference}
        learned = feedback.learn(fitted.novelty, labelled, own)
        fitted, source = replace(fitted, novelty=learned.novelty), f"{source}; {labelled}"
        chosen += ", before the labels"
        print(f"It has learnt more from {labelled}.", learned.told, sep="\n")
    write.write(
        wishes.out,
        taken,
        fitted.novelty,
        version=wishes.version,
        chosen=chosen,
        created_from=wishes.created_from or source,
        licence=wishes.licence,
    )
    found = replace(
        _found(wishes, fitted, good, rejects),
        different=len(np.unique(alike)),
        marked=marked.look(good.paths, taken),
    )
    if labelled is not None:
        found = replace(found, ordinary=found.ordinary[:0])  # scored before the labels were learnt
    page = report.write(found, trials, fitted)
    print(*map(shown, findings.lines(found, page)), sep="\n")
    print(f"It took {time.monotonic() - start:.0f} s.", file=sys.stderr)
    if stream is not None and place is not None:
        print(*streams.make_promise(stream, fitted.novelty, wishes.label, place.store), sep="\n")
    print(
        f"To judge small copies, and fetch less: bowerbird calibrate {wishes.out} --previews DIR "
        "(of other pictures you love)"
    )


def _found(wishes: Wishes, fitted: Fitted, good: Collection, rejects: Collection) -> Findings:
    reference = fitted.novelty.reference
    return Findings(
        wishes.out,
        wishes.keep_rate,
        fitted.novelty.threshold,
        good.paths,
        np.asarray(reference["heldout"]),
        rejects.paths,
        np.asarray(reference.get("rejects", np.empty(0))),
        fitted.total.background,
        len(good.unreadable) + len(rejects.unreadable),
    )


def _trials(vectors: mixtures.Vectors) -> list[Trial]:
    trials = list[Trial]()
    with counting("trying models") as tried:
        for trial in mixtures.compare(vectors):
            trials.append(trial)
            tried(len(trials), len(mixtures.COUNTS) * len(mixtures.COVARIANCES))
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
        found = len(beforehand.pictures_of(wishes.good, "--good", FEWEST))
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


def _only(sample: Sample, forced: tuple[int, str], keep_rate: float, free: fit.Fitted) -> fit.Fitted:
    """Fit the model that the owner insists on, and compare it with what the others would have done."""
    name = f"mixture {forced[0]}:{forced[1]}"
    sample = replace(sample, background=sample.background[:0], sources=None, stream=False)
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


def _embed(wishes: Wishes, embedder: Embedder, *, stream: bool) -> tuple[Collection, ...]:
    def collect(places: Sequence[Path], name: str, *, own: bool) -> Collection:
        paths = picture_files.find(places)
        counted = itertools.count(1)
        cornered = own and stream and len(paths) <= corners.MOST
        with counting(name) as seen:
            found = embedder.embed(
                paths, imitate=own, done=lambda: seen(next(counted), len(paths)), cornered=cornered
            )
        for path, reason in found.unreadable:
            print(shown(f"left out {path}: {reason}"), file=sys.stderr)
        return found

    good = collect(wishes.good, "your pictures", own=True)
    rejects = collect(wishes.rejects, "those you do not love", own=False)
    others = collect(ordinary.folders(wishes.background), "ordinary pictures", own=False)
    return good, rejects, others
