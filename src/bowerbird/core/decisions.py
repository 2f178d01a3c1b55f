"""Records what Bowerbird decided about a candidate, and everything it decided on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from bowerbird.core.json_text import parsed
from bowerbird.core.reasons import Reason

_KINDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("candidate", "stage", "bundle", "decided_at"), str),
    **dict.fromkeys(("scores", "thresholds", "timings", "facts", "submission"), dict),
    "keep": bool,
    "image": str | None,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep, or reject with the stage and the reason that did it."""

    keep: bool
    stage: str
    reason: Reason

    @classmethod
    def reject(cls, stage: str, reason: Reason) -> Verdict:
        """Reject the candidate, and say why."""
        return cls(keep=False, stage=stage, reason=reason)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its evidence: one JSON line in `decisions/`, always stored.

    `scores` and `thresholds` have the same keys (`novelty`, `watermark`…). `timings` are milliseconds by
    stage. `decided_at` is UTC, ISO 8601. `image` is the survivor's object key, or None when the candidate was
    rejected.
    """

    candidate: str
    keep: bool
    stage: str
    reason: Reason
    bundle: str
    decided_at: str
    scores: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    submission: dict[str, Any] = field(default_factory=dict)
    image: str | None = None

    @property
    def day(self) -> str:
        """Return the partition this decision belongs to, `YYYY-MM-DD` in UTC."""
        return self.decided_at[:10]


def redacted(decision: Decision) -> Decision:
    """Return the decision to keep when its post is gone. It names the post, but no title, author or link."""
    told = {name: value for name, value in decision.submission.items() if name in {"source", "id"}}
    facts = {name: fact for name, fact in decision.facts.items() if name not in {"url", "instead_of"}}
    reason = Reason(decision.reason.word) if "//" in decision.reason.detail else decision.reason
    return replace(decision, reason=reason, submission=told, facts=facts)


def encode_decision(decision: Decision) -> str:
    """Return one line of JSON, without the newline; a lone surrogate, which no file can hold, becomes `?`."""
    line = json.dumps(stored(decision), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return line.encode(errors="replace").decode()


def decode_decision(line: str) -> Decision:
    """Read back what `encode_decision` wrote (our own data, from our own store)."""
    return from_stored(parsed(line))


def stored(decision: Decision) -> dict[str, Any]:
    """Return the fields as lines and sidecars store them: the reason as its text."""
    # asdict copies every value, deep, and takes longer than the rest of this.
    return {item.name: getattr(decision, item.name) for item in fields(decision)} | {
        "reason": str(decision.reason)
    }


def from_stored(told: Any) -> Decision:
    """Read back what `stored` gave.

    Raises:
        TypeError: these are not the fields of a decision, or one is of another kind.
    """
    rest = dict(**told)
    reason = rest.pop("reason", None)
    if not isinstance(reason, str):
        raise TypeError("the reason is no text")
    decision = Decision(**rest, reason=Reason.parse(reason))
    for name, kind in _KINDS.items():
        if not isinstance(getattr(decision, name), kind):
            raise TypeError(f"{name} is no {kind}")
    return decision
