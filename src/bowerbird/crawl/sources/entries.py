"""A page's entries to posts, each for itself: one that cannot be read costs no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.post import Post

_LOG: Final = logging.getLogger(__name__)


class EntryError(Exception):
    """An entry could not be read, elsewhere; the text is the kind of exception."""


def read_each(
    source: str,
    entries: Iterable[Any],
    read: Callable[[Any], Post | None],
    identity: Callable[[Any], str | None],
) -> Iterator[Post]:
    """The posts of entries; of one whose reading fails, a post that says so.

    Args:
        source: their source's name.
        entries: what a page lists.
        read: an entry to its post, or None when it is no post.
        identity: what the source calls the entry, when even that can be read.
    """
    for entry in entries:
        try:
            post = read(entry)
        except Exception as error:  # noqa: BLE001 - a stranger's entry, and maybe a bug of ours
            kind = str(error) if isinstance(error, EntryError) else type(error).__name__
            name = _name(entry, identity)
            _LOG.info("%s: the entry %r cannot be read: %s", source, name, kind, exc_info=True)
            post = Post(Submission(source, name), unreadable=kind)
        if post is not None:
            yield post


def _name(entry: Any, identity: Callable[[Any], str | None]) -> str:
    """The entry's id, or one that the same entry has in every run."""
    try:
        found = identity(entry)
    except Exception:  # noqa: BLE001 - as above
        found = None
    return found or f"unreadable-{_digest(entry)}"


def _digest(entry: Any) -> str:
    try:
        return digest(repr(entry))[:16]
    except (ValueError, RecursionError):  # a lone surrogate, lists in lists in lists
        return "entry"
