"""The filter's half: what judges pictures, and what takes candidates off the queue and stores survivors."""

from __future__ import annotations

from threading import Semaphore

from bowerbird import imaging
from bowerbird.assembly.adapters import Adapters, the
from bowerbird.assembly.settings import Settings
from bowerbird.core.errors import UsageError
from bowerbird.core.stream_sample import StreamSample
from bowerbird.crawl.hosts import placeholders
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.consumer import Consumer
from bowerbird.filter.copies import Copies
from bowerbird.filter.first_look import FirstLook
from bowerbird.filter.owner_rules import NOTHING
from bowerbird.filter.parts import Parts, PictureLimits
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.survivors import Survivors
from bowerbird.filter.tastes import Judge
from bowerbird.models.bundle import Bundle


def parts(adapters: Adapters, settings: Settings) -> Parts:
    """The parts that the policy makes its stages of.

    Raises:
        UsageError: the bundle does not know how far to trust the scout.
    """
    bundle = the(adapters.bundle, "bundle")
    return Parts(
        bundle,
        Semaphore(settings.at_once),
        fetcher=adapters.fetcher,
        ledger=adapters.ledger,
        decoder=adapters.decoder or imaging,
        shape=settings.shape,
        limits=settings.limits or PictureLimits(),
        copies=_copies(adapters),
        scout=_first_look(adapters.scout, bundle) if adapters.scout else None,
        asked=settings.asked or NOTHING,
        marks=settings.watermark,
        placeholders=placeholders(),
        prior=adapters.prior,
        look=settings.look,
    )


def candidates(adapters: Adapters, settings: Settings, parts: Parts) -> CandidateFilter:
    """Make the part that judges candidates and stores survivors."""
    store, ledger = the(adapters.store, "store"), the(adapters.ledger, "ledger")
    return CandidateFilter(
        pipeline=pipeline(parts, Entrance.QUEUE),
        ledger=ledger,
        survivors=Survivors(store, ledger, parts.copies),
        bundle=parts.bundle.label,
        thumbnails=store if settings.thumbnails else None,
        sample=StreamSample(store, parts.bundle.manifest.encoder.fingerprint),
    )


def consumer(adapters: Adapters, settings: Settings, judge: Judge) -> Consumer:
    """Make the part that brings messages of the queue to their decisions."""
    return Consumer(
        judge,
        the(adapters.queue, "queue"),
        max_receives=settings.max_receives,
        base_delay_s=settings.first_retry_s,
        on_decision=adapters.on_decision,
        on_fault=adapters.on_fault,
    )


def _copies(adapters: Adapters) -> Copies | None:
    if adapters.likenesses is None:
        return None
    store, ledger = the(adapters.store, "store"), the(adapters.ledger, "ledger")
    return Copies(adapters.likenesses, store, ledger, adapters.decoder or imaging)


def _first_look(scout: Bundle, bundle: Bundle) -> FirstLook:
    """The cheaper bundle that looks first, as far as the owner's bundle trusts it."""
    entry = bundle.manifest.scout
    if entry is None or entry.bundle != scout.label:
        raise UsageError(
            f"{bundle.label} does not know how far to trust {scout.label}: "
            f"run `bowerbird calibrate {bundle.folder} --scout {scout.folder} --good DIR` first"
        )
    before = None
    if scout.glance is not None and entry.glance is not None:
        before = FirstLook(scout.glance, entry.glance.value, "glance")
    return FirstLook(scout, entry.floor.value, "scout", before)
