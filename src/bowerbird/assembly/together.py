"""Puts several tastes together: one queue, one look at each candidate, and a place for each taste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Semaphore

from bowerbird import imaging
from bowerbird.assembly import judging
from bowerbird.assembly.adapters import the
from bowerbird.assembly.assemble import Assembly
from bowerbird.filter.consumer import Consumer
from bowerbird.filter.once import Once
from bowerbird.filter.parts import Common
from bowerbird.filter.shape import ShapeRule
from bowerbird.filter.shared import SharedDecoder, SharedFetcher, shared
from bowerbird.filter.tastes import Taste, Tastes
from bowerbird.models.bundle import Bundle


def consumer(assemblies: Sequence[Assembly]) -> Consumer:
    """Make the consumer of installations that share a queue, a fetcher and a decoder: those of the first.

    Each has its own store, ledger, likenesses, bundle and `on_decision`.

    Raises:
        UsageError: what `Assembly.parts` raises.
    """
    first = assemblies[0]
    if len(assemblies) == 1:
        return first.consumer
    once = Once()
    fetcher = SharedFetcher(the(first.adapters.fetcher, "fetcher"), once)
    decoder = SharedDecoder(first.adapters.decoder or imaging, once)
    slots, common = Semaphore(first.settings.at_once), _common(assemblies)
    tastes = []
    for each, (bundle, scout) in zip(assemblies, _shared_bundles(assemblies, once), strict=True):
        adapters = replace(each.adapters, fetcher=fetcher, decoder=decoder, bundle=bundle, scout=scout)
        parts = replace(judging.parts(adapters, each.settings), slots=slots, common=common)
        tastes.append(Taste(judging.candidates(adapters, each.settings, parts), adapters.on_decision))
    told_by_tastes = replace(first.adapters, on_decision=lambda _: None)
    return judging.consumer(told_by_tastes, first.settings, Tastes(tastes, once))


def _common(assemblies: Sequence[Assembly]) -> Common:
    shapes = [each.settings.shape for each in assemblies]
    wanted = [shape for shape in shapes if shape is not None]
    return Common(
        ShapeRule.of_any(wanted) if len(wanted) == len(shapes) else None,
        max(the(each.adapters.bundle, "bundle").min_side for each in assemblies),
    )


def _shared_bundles(assemblies: Sequence[Assembly], once: Once) -> list[tuple[Bundle, Bundle | None]]:
    bundles = [the(each.adapters.bundle, "bundle") for each in assemblies]
    scouts = [each.adapters.scout for each in assemblies if each.adapters.scout]
    made = iter(shared([*bundles, *scouts], once))
    ready = [next(made) for _ in bundles]
    return [
        (bundle, next(made) if each.adapters.scout else None)
        for each, bundle in zip(assemblies, ready, strict=True)
    ]
