"""Records in a picture's sidecar who delivers it and how that ended.

A sidecar's `deliveries` maps each gallery to its record. Every write is conditional: it fails when somebody
else has written since. A deliverer first claims the picture for a limited time, and nobody else sends it
while the claim lasts. When a deliverer dies, its claim runs out. The next attempt is then safe, because
scenery recognises a picture that it has by its sha256.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import sidecar_key
from bowerbird.core.ports import ObjectStore

_ATTEMPTS: Final = 10


class ClaimedError(RetryableError):
    """Another deliverer is at work on it, or died at it a moment ago."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a picture's delivery ended, for good.

    `state` is imported, already, similar, refused or skipped. `ids` are the gallery's. `known` says that the
    delivery had ended before this attempt.
    """

    state: str
    detail: str = ""
    ids: tuple[int, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to deliver one picture now, with the sidecar as it was read. `attempts` counts this one."""

    id: str
    key: str
    sidecar: dict[str, Any]
    attempts: int = 1


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one gallery. `claim_s` must be longer than an attempt can take."""

    store: ObjectStore
    gallery: str
    claim_s: float
    clock: Callable[[], datetime] = _now

    def claim(self, key: str) -> Claim | Delivery:
        """Claim a picture, or say how its delivery ended before.

        Raises:
            ClaimedError: another deliverer may still be at work on it.
            RetryableError: the picture has no sidecar yet.
            PermanentError: the sidecar cannot be read.
        """
        claim = uuid.uuid4().hex
        for _ in range(_ATTEMPTS):
            sidecar, version = self._read(key)
            record = self._record(sidecar)
            if isinstance(record.get("state"), str):
                return _delivery(record)
            self._check_free(record)
            until = self.clock() + timedelta(seconds=self.claim_s)
            fresh = {"claim": claim, "until": until.isoformat(), "attempts": _attempts(record) + 1}
            if self._write(key, sidecar, fresh, version):
                return Claim(claim, key, sidecar, _attempts(record) + 1)
        raise RetryableError(f"{key}: others keep writing its sidecar")

    def settle(self, claim: Claim, delivery: Delivery) -> None:
        """Write down how it ended, unless the claim ran out and somebody else took it."""
        record = {"state": delivery.state, "detail": delivery.detail, "ids": list(delivery.ids)}
        self._finish(claim, record | {"at": self.clock().isoformat(timespec="seconds")})

    def release(self, claim: Claim, problem: str) -> None:
        """Let go of a picture that was certainly not delivered, so that it may be tried again at once."""
        self._finish(claim, {"problem": problem})

    def _finish(self, claim: Claim, result: dict[str, Any]) -> None:
        for _ in range(_ATTEMPTS):
            sidecar, version = self._read(claim.key)
            record = self._record(sidecar)
            if record.get("claim") != claim.id:
                return
            if self._write(claim.key, sidecar, result | {"attempts": _attempts(record)}, version):
                return
        raise RetryableError(f"{claim.key}: others keep writing its sidecar")

    def _check_free(self, record: dict[str, Any]) -> None:
        if "claim" not in record:
            return
        left = (_moment(record.get("until")) - self.clock()).total_seconds()
        # A claim from a clock that runs ahead must not last for ever.
        if 0 < left <= 2 * self.claim_s:
            raise ClaimedError("another attempt at it may still be under way", retry_after_s=left)

    def _read(self, key: str) -> tuple[dict[str, Any], str]:
        found = self.store.get_versioned(sidecar_key(key))
        if found is None:
            raise RetryableError(f"{key}: its sidecar is not there yet")
        try:
            sidecar = parsed(found[0])
        except ValueError:
            sidecar = None
        if not isinstance(sidecar, dict):
            raise PermanentError(f"{sidecar_key(key)} is not a sidecar; restore or delete it")
        return sidecar, found[1]

    def _record(self, sidecar: dict[str, Any]) -> dict[str, Any]:
        records = sidecar.get("deliveries")
        record = records.get(self.gallery) if isinstance(records, dict) else None
        return record if isinstance(record, dict) else {}

    def _write(self, key: str, sidecar: dict[str, Any], record: dict[str, Any], version: str) -> bool:
        others = sidecar.get("deliveries")
        records = (others if isinstance(others, dict) else {}) | {self.gallery: record}
        text = json.dumps(sidecar | {"deliveries": records}, ensure_ascii=False, indent=1, sort_keys=True)
        return self.store.replace(
            sidecar_key(key), text.encode(errors="replace"), content_type="application/json", version=version
        )


def _delivery(record: dict[str, Any]) -> Delivery:
    ids = record.get("ids")
    return Delivery(
        record["state"],
        str(record.get("detail", "")),
        tuple(each for each in ids if isinstance(each, int)) if isinstance(ids, list) else (),
        known=True,
    )


def _attempts(record: dict[str, Any]) -> int:
    attempts = record.get("attempts")
    return attempts if isinstance(attempts, int) else 0


def _moment(text: Any) -> datetime:
    """A time as written above; one that cannot be read is long past."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
