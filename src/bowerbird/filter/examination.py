"""What is known so far about one candidate on its way through the stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bowerbird.core.messages import Candidate
from bowerbird.core.reasons import Reason

Kind = TypeVar("Kind")


@dataclass(slots=True)
class Examination:
    """The evidence gathered about one candidate; each stage adds what it saw.

    `found` holds the evidence by its type (`bowerbird.filter.evidence`). `scores` and `thresholds` share
    their keys; `timings` are milliseconds by stage; `facts` go into the decision as they are.
    """

    candidate: Candidate
    last_attempt: bool = False
    found: dict[type, Any] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def give(self, *evidence: object) -> None:
        """Leave evidence for the stages that follow."""
        self.found |= {type(each): each for each in evidence}

    def __getitem__(self, kind: type[Kind]) -> Kind:
        """Evidence that the stage declares in `needs`: the policy has seen to it that it is there."""
        evidence: Kind = self.found[kind]
        return evidence

    def get(self, kind: type[Kind]) -> Kind | None:
        """Evidence that only some candidates, or some installations, have."""
        return self.found.get(kind)


class Stage(Protocol):
    """One test of the pipeline. Cheap stages come before expensive ones.

    Decisions and metrics call the stage by its `name`. It reads the types of evidence in `needs`, and leaves
    those in `gives` when the candidate goes on.
    """

    @property
    def name(self) -> str:
        """The stage's name in decisions and metrics."""
        ...

    @property
    def needs(self) -> Iterable[type]:
        """What it reads of the examination."""
        ...

    @property
    def gives(self) -> Iterable[type]:
        """What it leaves there."""
        ...

    def examine(self, exam: Examination) -> Reason | None:
        """Give the reason to reject, or None to keep going.

        Raises:
            PermanentError: the candidate cannot be judged; the error's reason is the candidate's.
            RetryableError: this candidate must be tried again later.
        """
        ...
