"""Pictures that a better copy has replaced: they wait under `replaced/`, and can come back.

Only the image moves. Its sidecar stays where it was, says which copy replaced the picture, when and why, and
knows whether the picture was delivered. A picture that came back stays: no copy replaces it again.
At every moment the image lies in one of the two places or in both. So a move that broke off can be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bowerbird.core.json_text import stored_object
from bowerbird.core.keys import PREFIX_REPLACED, content_type, original_key, replaced_key, sidecar_key
from bowerbird.core.ports import ObjectStore

# What a picture that is back no longer is; its names went when it did.
_SAID: Final = ("replaced_by", "replaced_why", "replaced_at", "replaced_to", "replaced_gone_at", "names")
_GONE: Final = "gone"  # how a delivery ends that finds no picture


@dataclass(frozen=True, slots=True)
class Waiting:
    """One picture under `replaced/`; `image` is the key it had, `size` bytes, `since` None when not known."""

    image: str
    size: int
    better: str
    why: str
    since: datetime | None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The replaced pictures of one store, a folder or a bucket."""

    store: ObjectStore
    clock: Callable[[], datetime] = _now

    def take(self, key: str, better: str, why: str) -> bool:
        """Move a picture away, or finish doing so. False when it stays, because its owner brought it back."""
        sidecar = self._sidecar(key)
        if sidecar is None or "restored" in sidecar:
            return False
        data = self.store.get(key)
        if data is not None:
            self.store.put(replaced_key(key), data, content_type=content_type(key))
        said = {
            "replaced_by": better,
            "replaced_why": why,
            "replaced_at": self.clock().isoformat(timespec="seconds"),
            "replaced_to": replaced_key(key),
        }
        if not self._note(key, lambda told: told if told.get("replaced_by") == better else told | said):
            self.store.delete(replaced_key(key))  # a recheck has removed the picture in the meantime
        self.store.delete(key)
        return True

    def restore(self, key: str) -> bytes | None:
        """Bring a picture back and return its bytes, also when it is back already. None when it is gone."""
        data = self.store.get(replaced_key(key)) or self.store.get(key)
        if data is None or self._sidecar(key) is None:
            return None
        self.store.put(key, data, content_type=content_type(key), if_absent=True)
        at = self.clock().isoformat(timespec="seconds")
        if not self._note(key, lambda told: _restored(told, at)):
            self.store.delete(key)  # a recheck has removed the picture in the meantime
            data = None
        self.store.delete(replaced_key(key))
        return data

    def waiting(self) -> Iterator[Waiting]:
        """List the pictures that can come back."""
        for place in self.store.keys(PREFIX_REPLACED):
            key = original_key(place)
            told = self._sidecar(key) or {}
            yield Waiting(
                image=key,
                size=_size(told) or len(self.store.get(place) or b""),
                better=str(told.get("replaced_by", "")),
                why=str(told.get("replaced_why", "")),
                since=_moment(told.get("replaced_at")),
            )

    def expire(self, days: int) -> int:
        """Remove pictures that have waited for more than `days`, and return how many they were.

        A picture whose sidecar tells no time waits on.
        """
        now = self.clock()
        at = {"replaced_gone_at": now.isoformat(timespec="seconds")}
        gone = 0
        for each in list(self.waiting()):
            if each.since is not None and now - each.since > timedelta(days=days):
                self._note(each.image, lambda told: told | at)
                self.store.delete(replaced_key(each.image))
                gone += 1
        return gone

    def candidate(self, key: str) -> str | None:
        """Read from its sidecar whose picture it is."""
        decision = (self._sidecar(key) or {}).get("decision")
        candidate = decision.get("candidate") if isinstance(decision, dict) else None
        return candidate if isinstance(candidate, str) else None

    def _sidecar(self, key: str) -> dict[str, Any] | None:
        return stored_object(self.store.get(sidecar_key(key)))

    def _note(self, key: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
        """Change a sidecar, whoever else writes it; False when there is none."""
        while (found := self.store.get_versioned(sidecar_key(key))) is not None:
            told = stored_object(found[0])
            if told is None:
                return False
            text = json.dumps(change(told), ensure_ascii=False, indent=1, sort_keys=True)
            data = text.encode(errors="replace")
            if self.store.replace(sidecar_key(key), data, content_type="application/json", version=found[1]):
                return True
        return False


def _restored(told: dict[str, Any], at: str) -> dict[str, Any]:
    """A sidecar once its picture is back. A delivery that found the picture gone must be tried again."""
    if "replaced_by" not in told:
        return told
    rest = {name: value for name, value in told.items() if name not in _SAID}
    deliveries = told.get("deliveries")
    if isinstance(deliveries, dict):
        rest["deliveries"] = {name: one for name, one in deliveries.items() if not _missed(one)}
    return rest | {"restored": {"at": at, "from": told["replaced_by"]}}


def _missed(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and record.get("state") == "skipped"
        and str(record.get("detail")).startswith(_GONE)
    )


def _size(told: dict[str, Any]) -> int | None:
    try:
        return int(told["decision"]["facts"]["bytes"])
    except (KeyError, TypeError, ValueError):
        return None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError):
        return None
