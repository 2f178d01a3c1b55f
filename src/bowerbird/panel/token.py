"""The word that lets a device in, the cookie that it then carries, and the key of the feeds.

The word has 120 random bits, so a plain hash of it can be stored: nobody can try them all. The cookie holds
no secret of the owner's: it is a time, signed with a key that only this installation knows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.json_text import parsed

COOKIE: Final = "bowerbird"
#: How long a device stays signed in, in seconds.
LASTS_S: Final = 90 * 24 * 3600
_NAME: Final = "page.json"
_BYTES: Final = 15
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Credentials:
    """The hash of the word (hex), and the key that cookies are signed with."""

    token_sha256: str
    key: bytes

    def opens(self, token: str) -> bool:
        """Tell whether this is the word. Capitals, spaces and dashes do not matter."""
        return hmac.compare_digest(_hashed(token), self.token_sha256)

    def cookie(self, now: float) -> str:
        """Make the value of a cookie."""
        expires = str(int(now) + LASTS_S)
        return f"{expires}.{self._signed(expires)}"

    def signed_in(self, cookie: str, now: float) -> bool:
        """Tell whether a cookie is ours, and has not run out."""
        expires, _, signature = cookie.partition(".")
        if not expires.isascii() or not expires.isdigit() or not signature.isascii():
            return False
        return hmac.compare_digest(signature, self._signed(expires)) and int(expires[:12]) > now

    @property
    def feed_key(self) -> str:
        """What opens the feeds, and nothing else, to a reader that can neither sign in nor carry a cookie."""
        return self._signed("feeds")

    def _signed(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def open_credentials(state: Path, *, new: bool = False) -> tuple[Credentials, str | None]:
    """Read the credentials from a place's state folder, or make them; then the word comes with them, once.

    With `new`, everybody is signed out: an earlier word and all cookies count no more.

    Raises:
        StoreError: the disk is full, or may not be written to.
    """
    known = None if new else _read(state / _NAME)
    if known is not None:
        return known, None
    token = _new_token()
    made = Credentials(_hashed(token), secrets.token_bytes(32))
    _write(state / _NAME, made)
    return made, token


def _new_token() -> str:
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _hashed(token: str) -> str:
    letters = "".join(letter for letter in token.lower() if letter.isascii() and letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def _read(path: Path) -> Credentials | None:
    """Read the file; None when there is none, or it is damaged."""
    try:
        told = parsed(path.read_text(encoding="utf-8"))
        return Credentials(str(told["token_sha256"]), bytes.fromhex(told["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, made: Credentials) -> None:
    text = json.dumps({"token_sha256": made.token_sha256, "key": made.key.hex()})
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Nobody else may read it, from the first moment on.
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            temporary.replace(path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
