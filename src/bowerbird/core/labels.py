"""Stores what the owner says of a candidate, keep or reject: one small object each, under `labels/`.

The format is described in docs/deliver.md; `bowerbird train --feedback` learns from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.keys import label_key, thumb_key
from bowerbird.core.ports import ObjectStore

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Label:
    """Holds the owner's word on one candidate.

    `image` is the survivor's object key, or None when the candidate was rejected. `origin` says where the
    word came from: `label` is the page, and `scenery` means that the picture was deleted in scenery.
    `labelled_at` is UTC, ISO 8601.
    """

    candidate: str
    keep: bool
    labelled_at: str
    origin: str
    image: str | None = None


@dataclass(frozen=True, slots=True)
class _Stored(Label):
    """Return a label as it lies in the store."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    version: Literal[1] = VERSION


_ADAPTER: Final = TypeAdapter(_Stored)


def write_label(store: ObjectStore, label: Label) -> None:
    """Store a label, in place of an earlier one of the same candidate."""
    text = json.dumps({"version": VERSION} | asdict(label), sort_keys=True)
    store.put(label_key(label.candidate), text.encode(), content_type="application/json")


def remove_label(store: ObjectStore, candidate_id: str) -> None:
    """Take a label back."""
    store.delete(label_key(candidate_id))


def read_labels(store: ObjectStore) -> Iterator[Label]:
    """Return all labels of a place.

    Raises:
        InvalidMessageError: an object under `labels/` is none, or of a later version.
    """
    for key in store.keys("labels/"):
        data = store.get(key)
        if data is not None:
            yield decode_label(key, data)


def picture_of(store: ObjectStore, label: Label) -> bytes | None:
    """Return the small JPEG of a labelled candidate, or else the survivor; None when neither was kept.

    Small copies of kept and of rejected pictures were made alike. So a model cannot tell one from the other
    by how they were made.
    """
    small = store.get(thumb_key(label.candidate))
    return small or (store.get(label.image) if label.image else None)


def decode_label(key: str, data: bytes) -> Label:
    """Read back one label.

    Raises:
        InvalidMessageError: it is none, or of a later version.
    """
    try:
        stored = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise InvalidMessageError(
            f"{key} is not a label of version {VERSION} ({error.error_count()} problems); delete or mend it"
        ) from None
    return Label(stored.candidate, stored.keep, stored.labelled_at, stored.origin, stored.image)
