"""The one exception tree. A rejected picture is not an error: see `bowerbird.core.decisions.Verdict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bowerbird.core.reasons import Reason, Word


@dataclass(frozen=True, slots=True)
class Said:
    """Keep what a host said beside its status when it gave nothing. It may say why, or until when.

    Header names are in lower case. The body holds only the beginning of what was sent.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


_NOTHING = Said()


class BowerbirdError(Exception):
    """Anything Bowerbird raises on purpose; the text says what to do.

    `word` names the kind of trouble, if that matters to whoever catches the error. It then stands before
    `detail` in the text. `status` is the HTTP status of the answer, if there was one, and `said` is what came
    with it.
    """

    def __init__(
        self,
        detail: str = "",
        word: Word | None = None,
        *,
        status: int | None = None,
        said: Said = _NOTHING,
    ) -> None:
        super().__init__(str(Reason(word, detail)) if word else detail)
        self.detail = detail
        self.word = word
        self.status = status
        self.said = said


class UsageError(BowerbirdError):
    """The caller asked for something impossible; exit status 2."""


class RetryableError(BowerbirdError):
    """May succeed later, so the message goes back to the queue.

    `retry_after_s` is what the other side asked us to wait, in seconds, when it said.
    """

    def __init__(
        self,
        detail: str = "",
        word: Word | None = None,
        *,
        status: int | None = None,
        said: Said = _NOTHING,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail, word, status=status, said=said)
        self.retry_after_s = retry_after_s


class StoreError(RetryableError):
    """Our own store, ledger or queue fails. No candidate is at fault, so none may be given up for it."""


class DamagedError(StoreError):
    """A file of our own cannot be understood: trying again does not help, `bowerbird repair` may.

    `why` says what is wrong with it, without the file's name.
    """

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message)
        self.why = why


class PermanentError(BowerbirdError):
    """Will never succeed: recorded and acknowledged, never retried."""

    @property
    def reason(self) -> Reason:
        """Why a candidate that met this is turned down."""
        return Reason(self.word or Word.ERROR, self.detail)


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
