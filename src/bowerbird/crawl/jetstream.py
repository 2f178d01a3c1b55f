"""What Jetstream sends: one event a message, in JSON.

https://github.com/bluesky-social/jetstream, version 1 of the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.json_text import parsed
from bowerbird.net.atproto import DID

POSTS: Final = "app.bsky.feed.post"

#: A cursor is the time of an event in microseconds since 1970. Version 2 counts events instead. Servers tell
#: the two apart by size, so nobody notices when one is sent as the other: docs/README.md, 5.1, of the
#: repository above.
SCHEME: Final = "time_us"
FIRST_TIME_US: Final = 1_000_000_000_000_000

#: The most a record may weigh that we are sent at all; a post is a few KiB.
LARGEST_BYTES: Final = 256 * 1024

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_KEY: Final = re.compile(r"[A-Za-z0-9._:~-]{1,512}")  # https://atproto.com/specs/record-key

#: States in which an account is not to be shown; in others (`desynchronized`, `throttled`) a server has
#: trouble: https://atproto.com/specs/account
_NOT_SHOWN: Final = frozenset({"deleted", "takendown", "suspended", "deactivated"})


class DamagedEventError(ValueError):
    """A message that is no event; the text says why."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `time_us` in microseconds since 1970, `did` the author.

    Of a post, `key` and `operation` are set, and `record` unless it was deleted. Of an account, `account` is
    why it is not shown any more, or `active`. Other events have neither: they only tell how late it is.
    """

    did: str
    time_us: int
    operation: Literal["create", "update", "delete"] | None = None
    key: str = ""
    record: dict[str, Any] | None = None
    account: str | None = None

    @property
    def uri(self) -> str:
        """Return the post's own name, the same everywhere."""
        return f"at://{self.did}/{POSTS}/{self.key}"


def subscription(host: str, cursor_us: int | None) -> str:
    """The URL that asks for posts from `cursor_us` on; deletions and accounts come with them.

    Raises:
        ValueError: the cursor is of another scheme.
    """
    query: dict[str, str | int] = {"wantedCollections": POSTS, "maxMessageSizeBytes": LARGEST_BYTES}
    if cursor_us is not None:
        if cursor_us < FIRST_TIME_US:
            raise ValueError(f"{cursor_us} is no time in microseconds")
        query["cursor"] = cursor_us
    return f"wss://{host}/subscribe?{urlencode(query)}"


def decode(message: str | bytes) -> Event:
    """Read one message, which is a stranger's in all its fields.

    Raises:
        DamagedEventError: it is no event.
    """
    if isinstance(message, bytes):
        zstd = message.startswith(_ZSTD)
        raise DamagedEventError("compressed with zstd, unasked" if zstd else "binary")
    try:
        fields = untrusted.mapping(parsed(message))
    except ValueError:
        raise DamagedEventError("not JSON") from None
    did, time_us = fields.get("did"), fields.get("time_us")
    if not isinstance(did, str) or not DID.fullmatch(did):
        raise DamagedEventError("of nobody")
    if isinstance(time_us, bool) or not isinstance(time_us, int) or time_us < FIRST_TIME_US:
        raise DamagedEventError("at no time")
    match fields.get("kind"):
        case "commit":
            return _commit(did, time_us, untrusted.mapping(fields.get("commit")))
        case "account":
            return _account(did, time_us, untrusted.mapping(fields.get("account")))
    return Event(did, time_us)


def _commit(did: str, time_us: int, commit: dict[str, Any]) -> Event:
    if commit.get("collection") != POSTS:
        return Event(did, time_us)
    key, record = commit.get("rkey"), commit.get("record")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise DamagedEventError("a post without a key")
    match commit.get("operation"):
        case "delete":
            return Event(did, time_us, "delete", key)
        case "create" | "update" as operation:
            if not isinstance(record, dict):
                raise DamagedEventError("a post without a record")
            return Event(did, time_us, operation, key, record)
    raise DamagedEventError("a post to which nothing happened")


def _account(did: str, time_us: int, account: dict[str, Any]) -> Event:
    if account.get("active") is True:
        return Event(did, time_us, account="active")
    status = account.get("status")
    return Event(did, time_us, account=status if isinstance(status, str) and status in _NOT_SHOWN else None)
