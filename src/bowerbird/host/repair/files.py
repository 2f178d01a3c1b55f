"""Checks the three SQLite files of a place, and builds new ones from what is known."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite import ledger, likenesses, queue
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.adapters.sqlite.salvage import Row, ailment, rows, salvaged, settled
from bowerbird.core.cores import cores
from bowerbird.core.decision_log import decode_line, each_line
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.likeness import Likeness
from bowerbird.core.messages import decode_candidate
from bowerbird.core.ports import ObjectStore
from bowerbird.filter.copies import likeness_of
from bowerbird.host.repair.known import Known
from bowerbird.host.repair.rebuild_folder import RebuildFolder
from bowerbird.host.state_files import LEDGER, LIKENESSES, QUEUE
from bowerbird.imaging.isolated import IsolatedDecoder


@dataclass(frozen=True, slots=True)
class Mended:
    """Tells why a file cannot be used, whether a new one is `built`, and what the new one holds.

    `lost` says that the old file may have held what stands nowhere else.
    """

    name: str
    told: str
    why: str = ""
    built: bool = False
    lost: bool = False


def mend_queue(place: Place, known: Known, at: RebuildFolder) -> Mended:
    """Save all that can still be read of the queue. No other file records these waiting candidates."""
    path = place.state / QUEUE
    made = known.anything or (place.state / LEDGER).exists()
    why = _ailment(path, queue.SCHEMA, wanted=made)
    if why is None:
        return Mended(QUEUE, _sound(path))
    with closing(SqliteQueue(at.new(QUEUE))) as new:
        fresh = at.new(f"fresh-{QUEUE}")
        SqliteQueue(fresh).close()
        waiting = [row for row in salvaged(path, fresh, "messages", "id, body") if _is_message(row)]
        dead = [
            row
            for row in salvaged(path, fresh, "dead", "id, body, reason, receives")
            if isinstance(row[0], str) and isinstance(row[1], str)
        ]
        new.restore((str(id_), str(body), str(reason), receives) for id_, body, reason, receives in dead)
        saved = new.send([(id_, body) for id_, body in waiting])
    told = f"{saved} candidates and {len(dead)} dead letters were saved; what else waited there is not known"
    return Mended(QUEUE, told, why, built=True, lost=True)


def mend_ledger(place: Place, known: Known, at: RebuildFolder) -> Mended:
    """Collect decisions from their lines, the sidecars, and the readable part of the ledger."""
    path = place.state / LEDGER
    why = _ailment(path, ledger.SCHEMA, wanted=known.anything) or _forgotten(path, known)
    if why is None:
        return Mended(LEDGER, _sound(path))
    with closing(SqliteLedger(at.new(LEDGER), place.store)) as new:
        fresh = at.new(f"fresh-{LEDGER}")
        SqliteLedger(fresh, place.store).close()
        saved = [
            (decision, bool(written))
            for line, written in salvaged(path, fresh, "decided", "decision, written")
            if (decision := decode_line(line)) and decision.candidate not in known.candidates
        ]
        new.restore(_decisions(place.store, known, saved), known.claims())
        new.restore((), _claims(saved))
    unwritten = len({each.candidate for each in known.unfiled} | {each.candidate for each, _ in saved})
    told = f"{len(known.candidates)} decisions that are written, {unwritten} that are not yet"
    return Mended(LEDGER, told, why, built=True)


def mend_likenesses(place: Place, known: Known, at: RebuildFolder) -> Mended:
    """Look at every kept picture again."""
    path = place.state / LIKENESSES
    why = _ailment(path, likenesses.SCHEMA, wanted=bool(known.pictures))
    if why is None:
        return Mended(LIKENESSES, _sound(path))
    pictures = [key for key in sorted(known.pictures) if key in known.stored]
    if at.dry_run:
        return Mended(LIKENESSES, f"{len(pictures)} pictures would be looked at", why, built=True)
    at_once, unread = cores(), 0
    with (
        closing(SqliteLikenesses(at.new(LIKENESSES))) as new,
        IsolatedDecoder(workers=at_once) as decoder,
        ThreadPoolExecutor(at_once) as pool,
    ):
        for likeness in pool.map(
            lambda key: _likeness(place.store, key, known.pictures[key], decoder), pictures
        ):
            if likeness is None:
                unread += 1
            else:
                new.enter(likeness)
    told = f"{len(pictures) - unread} pictures" + (f", {unread} cannot be read" if unread else "")
    return Mended(LIKENESSES, told, why, built=True)


def _ailment(path: Path, schema: str, *, wanted: bool) -> str | None:
    found = ailment(path, schema) if path.exists() else None
    return "missing" if found is None and wanted and not path.exists() else found


def _sound(path: Path) -> str:
    return "sound" if path.exists() else "not there yet"


def _forgotten(path: Path, known: Known) -> str | None:
    """Find decisions that a ledger lacks. A sound file can be new, or have lost its last pages."""
    if not path.exists():
        return None
    told = [decode_line(line) for (line,) in rows(path, "decided", "decision")]
    if None in told:
        return f"{told.count(None)} of its decisions cannot be read"
    lacking = known.candidates - {decision.candidate for decision in told if decision}
    old = settled(path) if lacking else set()
    missing = sum(ledger.short_name(candidate) not in old for candidate in lacking)
    return f"it does not know {missing} decisions that are written" if missing else None


def _is_message(row: Row) -> bool:
    id_, body = row
    try:
        return isinstance(body, str) and decode_candidate(body).id == id_
    except InvalidMessageError:
        return False


def _decisions(
    store: ObjectStore, known: Known, saved: list[tuple[Decision, bool]]
) -> Iterator[tuple[Decision, bool]]:
    yield from ((decision, True) for decision in each_line(store) if decision)
    yield from saved
    yield from ((decision, False) for decision in known.unfiled)


def _claims(saved: list[tuple[Decision, bool]]) -> Iterator[tuple[str, str]]:
    return (
        (Path(decision.image).stem, decision.candidate)
        for decision, _ in saved
        if decision.keep and decision.image
    )


def _likeness(store: ObjectStore, key: str, candidate: str, decoder: IsolatedDecoder) -> Likeness | None:
    data = store.get(key)
    return None if data is None else likeness_of(key, candidate, data, decoder)
