"""Lists what the logic needs from outside, as Protocols. Adapters implement them; tests use fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bowerbird.core.decisions import Decision

if TYPE_CHECKING:  # this module needs numpy and Pillow, and the crawl function has neither
    from bowerbird.core.likeness import Likeness


@dataclass(frozen=True, slots=True)
class Message:
    """A received queue message. `receipt` settles this delivery; `receives` counts deliveries, from 1."""

    id: str
    body: str
    receipt: str
    receives: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages a queue holds. SQS's figures are approximate."""

    ready: int
    delayed: int
    in_flight: int
    dead: int


class Queue(Protocol):
    """At-least-once delivery with visibility timeout, receive count and dead letters."""

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        """Add (id, body) pairs; returns how many were new. The queue may drop an id that already waits."""
        ...

    def receive(self, limit: int) -> list[Message]:
        """Take up to `limit` messages; each stays invisible for the visibility timeout."""
        ...

    def delete(self, receipts: Sequence[str]) -> None:
        """Acknowledge deliveries for good. A receipt whose delivery has timed out is ignored."""
        ...

    def release(self, receipt: str, delay_s: float, *, counted: bool = True) -> None:
        """Give a delivery back. The queue delivers its message again after `delay_s` seconds.

        A delivery that is not `counted` should bring its message no closer to the dead letters. Not every
        queue can promise that.
        """
        ...

    def bury(self, message: Message, reason: str) -> None:
        """Move a delivery to the dead letters, with its reason."""
        ...

    def depth(self) -> QueueDepth:
        """Count the messages that wait, that are in flight and that are dead."""
        ...

    def redrive(self) -> int:
        """Put dead letters back; returns how many."""
        ...


class ObjectStore(Protocol):
    """Objects under `/`-separated keys. A put is all or nothing; readers never see half an object."""

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        """Write an object. With `if_absent`, returns False and writes nothing when the key exists."""
        ...

    def get(self, key: str) -> bytes | None:
        """Read an object, or None when there is none."""
        ...

    def get_versioned(self, key: str) -> tuple[bytes, str] | None:
        """Read an object and its version, which `replace` takes; None when there is no object."""
        ...

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        """Write only if the object is still at `version`, where None means absent; False when it is not."""
        ...

    def exists(self, key: str) -> bool:
        """Tell whether the key holds an object."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Return all keys with this prefix, in lexical order."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object, if it exists."""
        ...


class Known(Protocol):
    """Knows what is decided.

    `flush` writes the JSON lines under `decisions/`, each line exactly once.
    """

    def knows(self, candidate_id: str) -> bool:
        """Tell whether a candidate is decided. It is cheaper than `decided` for one of long ago."""
        ...

    def flush(self) -> int:
        """Write the committed decisions that no JSON line holds yet; returns how many."""
        ...


class Ledger(Known, Protocol):
    """The commit point of decisions. A candidate is decided once, whoever asks and however often."""

    def decided(self, candidate_id: str) -> Decision | None:
        """Return the decision already committed for a candidate, if any."""
        ...

    def owner(self, sha256: str) -> str | None:
        """Return the candidate that holds these bytes, if any. This only looks; it claims nothing."""
        ...

    def claim(self, sha256: str, candidate_id: str) -> str:
        """Claim these bytes for a candidate; returns their owner. Of a duplicate, that is an earlier one."""
        ...

    def claimed_by(self, candidate_id: str) -> str | None:
        """Return the sha256 that this candidate has claimed, if any. It heals a crash before the commit."""
        ...

    def commit(self, decision: Decision) -> Decision:
        """Record a decision unless there is one; returns the one that stands. A rejection frees its claim."""
        ...

    def redact(self, candidate_id: str) -> None:
        """Reduce a candidate's decision to what `bowerbird.core.decisions.redacted` keeps."""
        ...


class Likenesses(Protocol):
    """Knows how kept pictures look, and so finds a kept picture again in another copy."""

    def near(self, likeness: Likeness) -> list[Likeness]:
        """Return every entry that shows the same picture, except the one with the same key."""
        ...

    def enter(self, likeness: Likeness) -> list[Likeness]:
        """Add a likeness and return what `near` gave just before.

        Both happen in one step, so when two alike ones are entered at once, one of them sees the other.
        """
        ...

    def holds(self, image: str) -> bool:
        """Tell whether the picture with this key is in."""
        ...

    def remove(self, image: str) -> None:
        """Take a picture out, if it is in."""
        ...

    def forget(self, candidate_id: str) -> None:
        """Take out what a candidate entered."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A transfer that ended well.

    `url` is the final one, after redirects. The names of `headers` are in lower case. `whole` is False when
    the caller had seen enough, and the rest of the body was not read. `plain` is True when any request went
    over plain http: whoever stands in between could have sent it anywhere.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True
    plain: bool = False


class Fetcher(Protocol):
    """Reads a URL within limits.

    Raises:
        PermanentError: our own rules refuse the URL, or it is gone (4xx other than 408, 425 and 429).
        RetryableError: the network, a time-out, 429 or 5xx.
    """

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        """GET a URL and read at most `max_bytes` of body.

        `enough` gets the beginning of a longer body, at most twice. Once it returns True, no more is read.

        `headers` carry the owner's key for this host. A redirect to another host must not take them along.
        """
        ...


class Stream(Protocol):
    """An open stream of messages. `date` is the server's own clock when it opened, in seconds since 1970."""

    date: float | None

    def receive(self, timeout_s: float) -> str | bytes | None:
        """Return the next message, text or binary.

        None means that no message came in time, or that the other side says that was all.

        Raises:
            PermanentError: the message is too large. The stream has ended with it.
            RetryableError: the stream has ended.
        """
        ...


class Streams(Protocol):
    """Opens streams."""

    def open(self, url: str) -> AbstractContextManager[Stream]:
        """Open `url` (wss) and close the stream at the end of the block. Raises what `Fetcher.fetch` does."""
        ...
