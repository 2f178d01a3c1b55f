"""Holds what differs between installations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import BowerbirdError
from bowerbird.core.ports import Fetcher, Ledger, Likenesses, ObjectStore, Queue, Streams
from bowerbird.core.prior import Prior

if TYPE_CHECKING:  # they need numpy and Pillow, which the crawl function does without
    from bowerbird.imaging.isolated import Decoder
    from bowerbird.models.bundle import Bundle

_Adapter = TypeVar("_Adapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What an installation works with. It leaves out what it does not have, and what its half does not use.

    `fetcher` reads pictures and the pages of their hosts. Sources read through `pages` and `streams`.
    `own_network` makes a reader of one server in the owner's network, `http://host:port`. Without
    `likenesses` only equal bytes are duplicates. `bundle` judges; a `scout` is a cheaper bundle that looks
    first. `prior` gives the model that judges posts by what their listing says. `on_decision` hears of every
    decision, and `on_fault` of each failure that no candidate caused.
    The shell that opens an adapter also closes it.
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
    prior: Callable[[], Prior | None] | None = None
    on_decision: Callable[[Decision], None] = lambda _: None
    on_fault: Callable[[BowerbirdError], None] = lambda _: None


def the(adapter: _Adapter | None, name: str) -> _Adapter:
    """Return an adapter that no half can do without; a shell that does not bring it is wrongly written."""
    if adapter is None:
        raise ValueError(f"the shell hands over no {name}")
    return adapter
