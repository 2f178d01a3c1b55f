"""Makes labels from what was deleted in the gallery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bowerbird.core.json_text import parsed
from bowerbird.core.labels import Label, write_label
from bowerbird.core.ports import ObjectStore

# scenery's own pages and files: /image/17, /images/17.jpg, /thumbnails/17.jpg.
_GALLERY_PAGE: Final = re.compile(r"/(?:image|images|thumbnails)/(\d+)(?:\.\w+)?/?$")
_DELIVERED: Final = frozenset({"imported", "already"})


@dataclass(frozen=True, slots=True)
class Kept:
    """The parts of a survivor that a label needs."""

    candidate: str
    image: str


@dataclass(slots=True)
class Imported:
    """How an import went: candidates labelled, and lines that match no survivor."""

    labelled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def import_deletions(store: ObjectStore, lines: Iterable[str]) -> Imported:
    """Label as rejects the survivors that a list names.

    A line holds the gallery's id, the gallery's page, or the post's address. Blank lines and lines that begin
    with # are skipped.
    """
    by_name: dict[str, Kept] = {}
    for name, kept in _named(store):
        by_name.setdefault(name, kept)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    result = Imported()
    for line in (line.strip() for line in lines):
        if not line or line.startswith("#"):
            continue
        page = _GALLERY_PAGE.search(line)
        kept_one = by_name.get(line) or (by_name.get(page[1]) if page else None)
        if kept_one is None:
            result.unknown.append(line)
            continue
        label = Label(kept_one.candidate, keep=False, labelled_at=now, origin="scenery", image=kept_one.image)
        write_label(store, label)
        result.labelled.append(kept_one.candidate)
    return result


def _named(store: ObjectStore) -> Iterator[tuple[str, Kept]]:
    """Give every name that each survivor goes by."""
    for key in store.keys("images/"):
        if not key.endswith(".json"):
            continue
        try:
            sidecar = parsed(store.get(key) or b"")
            candidate, image = sidecar["decision"]["candidate"], sidecar["image"]
            if not isinstance(candidate, str) or not isinstance(image, str):
                continue
            kept = Kept(candidate, image)
            names = [*_gallery_ids(sidecar), *_addresses(sidecar)]
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        yield from ((name, kept) for name in names)


def _gallery_ids(sidecar: dict[str, Any]) -> Iterator[str]:
    for record in sidecar.get("deliveries", {}).values():
        if record.get("state") in _DELIVERED:
            yield from (str(id_) for id_ in record.get("ids", ()))


def _addresses(sidecar: dict[str, Any]) -> Iterator[str]:
    decision = sidecar["decision"]
    fields = (decision["submission"].get("permalink"), decision["submission"].get("url"))
    yield from (url for url in (*fields, decision["facts"].get("url")) if isinstance(url, str))
