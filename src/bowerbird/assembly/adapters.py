"""What differs between installations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import BowerbirdError
from bowerbird.core.ports import Fetcher, Ledger, Likenesses, ObjectStore, Queue, Streams

if TYPE_CHECKING:  # they need numpy and Pillow, which the crawl function does without
    from bowerbird.imaging.isolated import Decoder
    from bowerbird.models.bundle import Bundle

_Adapter = TypeVar("_Adapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What an installation works with. It leaves out what it does not have, or what its half has no use for.

    `fetcher` reads pictures, and the pages of their hosts; `pages` and `streams` are what sources read, and
    `own_network` makes a reader of one server of the owner's network, `http://host:port`. Without
    `likenesses` only the same bytes are duplicates. `bundle` judges; a `scout` is a cheaper one that looks
    first. `on_decision` hears of every decision, `on_fault` of failures that are no candidate's. The shell
    that opens an adapter closes it.
    """

    store: ObjectStore | None = None
    queue: Queue | None = None
    ledger: Ledger | None = None
    likenesses: Likenesses | None = None
    fetcher: Fetcher | None = None
    pages: Fetcher | None = None
    streams: Streams | None = None
    own_network: Callable[[str], Fetcher] | None = None
    decoder: Decoder | None = None
    bundle: Bundle | None = None
    scout: Bundle | None = None
    on_decision: Callable[[Decision], None] = lambda _: None
    on_fault: Callable[[BowerbirdError], None] = lambda _: None


def the(adapter: _Adapter | None, name: str) -> _Adapter:
    """An adapter that cannot be left out; a shell that does not have it is wrongly written."""
    if adapter is None:
        raise ValueError(f"the shell hands over no {name}")
    return adapter
