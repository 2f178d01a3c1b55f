"""The one exception tree. A rejected picture is not an error: see `bowerbird.core.decisions.Verdict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a host answered in place of what it was asked for.

    Header names are in lower case. Of the body there is only what is short and JSON: some say there why.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class BowerbirdError(Exception):
    """Anything Bowerbird raises on purpose; the text says what to do."""


class UsageError(BowerbirdError):
    """The caller asked for something that cannot be; exit status 2."""


class RetryableError(BowerbirdError):
    """May succeed later, so the message goes back to the queue.

    `retry_after_s` is what the other side asked us to wait, in seconds, when it said; `refusal` is its
    answer, where there was one.
    """

    def __init__(
        self, message: str, *, retry_after_s: float | None = None, refusal: Refusal | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.refusal = refusal


class StoreError(RetryableError):
    """Our own store, ledger or queue fails: no candidate's fault, so none may be given up for it."""


class DamagedError(StoreError):
    """A file of our own cannot be understood: trying again does not help, `bowerbird repair` may.

    `why` says what is wrong with it, without the file's name.
    """

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message)
        self.why = why


class PermanentError(BowerbirdError):
    """Will never succeed: recorded and acknowledged, never retried.

    `refusal` is what a host answered, where one did.
    """

    def __init__(self, message: str = "", *, refusal: Refusal | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal


class OptedOutError(PermanentError):
    """The host asks that its pictures are not used so: no other copy may be taken instead."""


class InvalidMessageError(PermanentError):
    """A queue message, manifest or post that cannot be understood."""


class BundleError(PermanentError):
    """A bundle is missing, damaged, tampered with or of an unknown schema."""


class NoSuchBundleError(BundleError, UsageError):
    """There is no bundle of this name: the name is wrong, not a bundle."""


class SourceBlockedError(BowerbirdError):
    """A source refused us (403, 429, HTML for JSON); never the same as "no new posts". Exit status 3."""


class SourceUnreachableError(BowerbirdError):
    """A source could not be reached at all; exit status 3."""
