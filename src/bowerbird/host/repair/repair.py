"""`bowerbird repair`: looks at the files that keep a place's state, and rebuilds those nobody can use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bowerbird.adapters.place import Place
from bowerbird.core.decision_log import (
    CONTENT_TYPE,
    day_of,
    decisions_key,
    each_line,
    file_lines,
    file_of,
    is_packed,
    log_keys,
)
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import sidecar_key
from bowerbird.core.labels import decode_label
from bowerbird.core.ports import ObjectStore
from bowerbird.crawl.following.coverage import Knowledge
from bowerbird.crawl.following.shared_limits import KEY as PACE
from bowerbird.filter.survivors import sidecar_of
from bowerbird.host.repair.files import Mended, mend_ledger, mend_likenesses, mend_queue
from bowerbird.host.repair.known import Known, read_known
from bowerbird.host.repair.rebuild_folder import RebuildFolder, rebuild_folder, set_aside
from bowerbird.host.state_files import LEDGER, LIKENESSES, QUEUE

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Finding:
    """Tells what the repair looked at and what it did. `sound` means that it had nothing to do."""

    name: str
    told: str
    sound: bool = False


def repair(place: Place, *, now: datetime, dry_run: bool = False) -> Iterator[Finding]:
    """Look at every file of a place, and mend those that are damaged.

    A repair builds each new file beside the old one first. When it is killed, or finds the disk full, it has
    done no harm, and the owner runs it again. With `dry_run` nothing changes.

    Raises:
        StoreError: a miner is at work here, the disk fails, or a later version wrote a file.
    """
    with rebuild_folder(place.state, now, dry_run=dry_run) as at:
        if not dry_run:
            for name in (QUEUE, LEDGER, LIKENESSES):
                at.resume(name)
        yield from _packed_days(place.store, at)
        known = read_known(place.store)
        yield from _sidecars(place.store, known, at)
        queue = mend_queue(place, known, at)
        if queue.lost:  # before the new queue is in its place: a repair that is killed begins anew
            yield from _forget_cursors(place.store, at)
        yield _finish(queue, at)
        yield _finish(mend_ledger(place, known, at), at)
        yield _finish(mend_likenesses(place, known, at), at)
        yield from _labels(place.store, at)
        yield from _cursors(place.store, at)


def _finish(mended: Mended, at: RebuildFolder) -> Finding:
    if not mended.built:
        return Finding(mended.name, mended.told, sound=True)
    if at.dry_run:
        return Finding(mended.name, f"{mended.why}; would be rebuilt: {mended.told}")
    return Finding(mended.name, f"{mended.why}; rebuilt: {mended.told}; {at.swap(mended.name)}")


def _packed_days(store: ObjectStore, at: RebuildFolder) -> Iterator[Finding]:
    """Save the lines of a compressed file up to where it breaks off, in a plain file of the same day."""
    for key in [key for key in log_keys(store) if is_packed(key)]:
        lines = list(file_lines(key, store.get(key) or b""))
        if None not in lines:
            continue
        saved = [line for line in lines if line is not None]
        plain = decisions_key(day_of(key), f"saved-{at.stamp}")
        if not at.dry_run:
            store.put(plain, file_of(plain, [*saved, ""]), content_type=CONTENT_TYPE)
        told = f"it breaks off after {len(saved)} decisions, which are saved; what came after them is lost"
        yield Finding(key, f"{told}; it is kept as {set_aside(store, key, at)}")


def _sidecars(store: ObjectStore, known: Known, at: RebuildFolder) -> Iterator[Finding]:
    """Rebuild sidecars that are missing or cannot be read, from the decision line of their picture."""
    if known.unreadable:
        yield Finding("decisions", f"{known.unreadable} lines cannot be read; they are left as they are")
    for key in known.broken:
        yield Finding(key, f"no sidecar; it is kept as {set_aside(store, key, at)}")
    yield from _missing_sidecars(store, known, at)
    nameless = sorted(known.stored - set(known.pictures))
    if nameless:
        told_of = f"{len(nameless)} pictures have no decision and no sidecar, such as {nameless[0]}"
        yield Finding("images", f"{told_of}; they are left as they are")


def _missing_sidecars(store: ObjectStore, known: Known, at: RebuildFolder) -> Iterator[Finding]:
    told = set(known.pictures) & known.stored
    bare = {image for image in told if sidecar_key(image) not in known.sidecars}
    for decision in each_line(store) if bare else ():
        if decision is not None and decision.keep and decision.image in bare:
            bare.discard(decision.image)
            if not at.dry_run:
                url = decision.facts.get("url")
                text = sidecar_of(decision, [url] if url else [])
                store.put(
                    sidecar_key(decision.image),
                    text.encode(errors="replace"),
                    content_type=_JSON,
                    if_absent=True,
                )
            lost = "its other links and whether it was delivered are lost; delivering it again does no harm"
            yield Finding(sidecar_key(decision.image), f"written anew from its decision; {lost}")


def _forget_cursors(store: ObjectStore, at: RebuildFolder) -> Iterator[Finding]:
    """Forget the cursors, so that the source's posts lost with a broken queue are read again."""
    for key in [key for key in store.keys("cursors/") if key != PACE]:
        kept = set_aside(store, key, at)
        yield Finding(key, f"set aside, so that the next run reads its source again; it is kept as {kept}")


def _labels(store: ObjectStore, at: RebuildFolder) -> Iterator[Finding]:
    for key in list(store.keys("labels/")):
        try:
            decode_label(key, store.get(key) or b"")
        except InvalidMessageError:
            kept = set_aside(store, key, at)
            yield Finding(key, f"no label; say it again with `bowerbird label`; it is kept as {kept}")


def _cursors(store: ObjectStore, at: RebuildFolder) -> Iterator[Finding]:
    for key in [key for key in store.keys("cursors/") if key != PACE]:
        try:
            Knowledge.decoded(parsed(store.get(key) or b""))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            yield Finding(
                key, f"cannot be read: its source is read anew; kept as {set_aside(store, key, at)}"
            )
