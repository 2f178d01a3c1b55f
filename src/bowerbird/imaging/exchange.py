"""Writes and reads the messages between a decoder and its worker: a JSON head, then bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any, Final

from bowerbird.core.json_text import parsed

_LENGTHS: Final = struct.Struct("<IQ")
_MAX_HEAD_BYTES: Final = 64 * 1024


def send(pipe: IO[bytes], head: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Write one message."""
    encoded = json.dumps(head).encode()
    pipe.write(_LENGTHS.pack(len(encoded), len(body)))
    pipe.write(encoded)
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes], *, max_body: int) -> tuple[dict[str, Any], bytes]:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
        ValueError: what it sends is not a message of ours.
    """
    head_size, body_size = _LENGTHS.unpack(_read(pipe, _LENGTHS.size))
    if head_size > _MAX_HEAD_BYTES or body_size > max_body:
        raise ValueError(f"message of {head_size} and {body_size} bytes")
    head = parsed(_read(pipe, head_size))
    return head, _read(pipe, body_size)


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
