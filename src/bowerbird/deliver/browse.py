"""Gives the kept pictures of a folder names that people can read, in folders by day and in one for today.

The object under `images/` stays what it is, and its hash stays its key. A name is a hard link to it, or a
copy where XMP goes into the picture. The sidecar lists the names before they are made. So whoever deletes
the picture deletes them: see `bowerbird.adapters.folder.names`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from bowerbird.adapters.folder import names
from bowerbird.core.errors import RetryableError
from bowerbird.core.json_text import stored_object
from bowerbird.core.keys import sidecar_key
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.about import About, about
from bowerbird.deliver.deliverer import SURVIVOR
from bowerbird.deliver.described import Xmp, packet
from bowerbird.deliver.naming import NameRule
from bowerbird.imaging.embedding import embedded

_USUAL: Final = NameRule()
_TODAY: Final = "today"
_ALL_DIGITS: Final = 64
_ATTEMPTS: Final = 10
# Nobody but us writes names with so much of a hash into a folder called today.
_OURS: Final = re.compile(r"[0-9a-f]{8}")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Browse:
    """The names in one place, below its `folder`; days are those of `zone`, or of this machine."""

    store: ObjectStore
    root: Path
    rule: NameRule = _USUAL
    folder: str = "browse"
    xmp: Xmp = "none"
    zone: tzinfo | None = None
    clock: Callable[[], datetime] = _now
    _known: dict[str, tuple[date, Sequence[str]]] = field(default_factory=dict, init=False)

    def refresh(self) -> int:
        """Name the pictures that have no name yet, and empty `today` of other days; returns how many are new.

        The first time it reads every sidecar, later only those of new pictures.

        Raises:
            StoreError: the disk is full, may not be written to, or fails.
        """
        there = {key for key in self.store.keys("images/") if SURVIVOR.fullmatch(key)}
        for gone in self._known.keys() - there:
            del self._known[gone]
        named = sum(self._name(key) for key in sorted(there - self._known.keys()))
        today = f"{self.folder}/{_TODAY}/"
        wanted = {
            name.removeprefix(today)
            for day, given in self._known.values()
            for name in given
            if day == self._today() and name.startswith(today)
        }
        names.only(self.root, today, wanted, lambda name: bool(_OURS.search(name)))
        return named

    def again(self) -> int:
        """Name all pictures anew, as after a change of the template; returns how many there are."""
        for key in filter(SURVIVOR.fullmatch, list(self.store.keys("images/"))):
            names.remove(self.root, names.given(self.store.get, key))
            self._note(key, [])
        self._known.clear()
        return self.refresh()

    def _name(self, key: str) -> bool:
        """Give a picture its names, if it has none; tells whether it got some."""
        sidecar = self._sidecar(key)
        if sidecar is None:
            return False  # it is being written; the next time will do
        told = about(key, sidecar)
        day = told.kept.astimezone(self.zone).date()
        given = names.given(self.store.get, key)
        if given:
            self._known[key] = (day, given)
            return False
        chosen = self._chosen(told, today=day == self._today())
        if not self._note(key, chosen):
            return False
        self._make(told, chosen)
        self._known[key] = (day, chosen)
        return True

    def _chosen(self, told: About, *, today: bool) -> list[str]:
        path = self.rule.path(told, self.zone)
        if (self.root / self.folder / path).exists():  # two hashes that begin alike, or the owner's own file
            path = self.rule.path(told, self.zone, digits=_ALL_DIGITS)
        files = [f"{self.folder}/{path}"]
        if today:
            files.append(f"{self.folder}/{_TODAY}/{path.rpartition('/')[2]}")
        return [*files, *(f"{name}.xmp" for name in files if self._beside(told))]

    def _beside(self, told: About) -> bool:
        return self.xmp == "beside" or (self.xmp == "embedded" and told.extension == "avif")

    def _make(self, told: About, chosen: Sequence[str]) -> None:
        said = packet(told)
        data = self.store.get(told.key) if self.xmp == "embedded" else None
        copy = embedded(data, said) if data else None
        for name in chosen:
            if name.endswith(".xmp"):
                names.write(self.root, name, said)
            elif copy is not None:
                names.write(self.root, name, copy)
            else:
                names.link(self.root, told.key, name)

    def _note(self, key: str, given: list[str]) -> bool:
        """Write the names into the sidecar, whoever else writes it; False when it is gone."""
        for _ in range(_ATTEMPTS):
            found = self.store.get_versioned(sidecar_key(key))
            told = stored_object(found[0]) if found else None
            if found is None or told is None:
                return False
            text = json.dumps(told | {"names": given}, ensure_ascii=False, indent=1, sort_keys=True)
            if self.store.replace(
                sidecar_key(key), text.encode(), content_type="application/json", version=found[1]
            ):
                return True
        raise RetryableError(f"{key}: others keep writing its sidecar")

    def _sidecar(self, key: str) -> dict[str, Any] | None:
        return stored_object(self.store.get(sidecar_key(key)))

    def _today(self) -> date:
        return self.clock().astimezone(self.zone).date()
