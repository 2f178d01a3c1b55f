"""Damage, in the ways that files and texts are damaged on purpose."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

# Where lengths, counts and sizes overflow, and what ends strings and structures.
_INTEGERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TOKENS = (
    *(
        b"\0",
        b"\xff\xd8",
        b"\xff\xd9",
        b"\xff\xda",
        b"IDAT",
        b"IEND",
        b"acTL",
        b"iCCP",
        b"eXIf",
        b"VP8X",
        b"ANMF",
        b"cICP",
        b"nclx",
        b"meta",
    ),
    *(
        b"null",
        b"[]",
        b"{}",
        b'"',
        b"\\",
        b"1e999",
        b"-1",
        b"NaN",
        b"\xed\xa0\x80",
        "\u202e".encode(),
        b"../" * 8,
    ),
    *(b"javascript:", b"@127.0.0.1", b"%00", b"//", b"[::1]", b"\r\n"),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<![[",
        b"<!DOCTYPE x [",
        b"<?",
        b"</",
        b"&#x110000;",
        b"&#" + b"9" * 5000,
    ),
    *(
        b"0000-00-00T00:00:00Z",
        b"Thu, 32 Foo 99999",
        b'encoding="utf-16"',
        b'xml:base="http://["',
        b"&lt;img src='http://[",
    ),
    *(b"9" * 5000, b"<a:b xmlns:a='u'>", b"<item>", b"[" * 3000),
)


_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**63, 2**200, 1e308, "", "0", [], {}, [[]], [None], {"": None}),
    *("../../../../etc/passwd", "<script>alert(1)</script>", "\u202e\u0000\ud800", "a" * 70_000),
    *(
        "javascript:alert(1)",
        "http://169.254.169.254/",
        "https://[",
        "//",
        "https://i.imgur.com/" + "a/" * 3000,
    ),
)


def mutate(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """One to eight kinds of damage, more often few; deterministic for a seeded `rng`.

    JSON is mostly damaged inside its values, so that it is still read.
    """
    if data.startswith(b"{") and rng.random() < 0.8:
        with contextlib.suppress(ValueError):  # a line of JSON, and then something else
            return _mutate_json(data, rng)
    out = bytearray(data)
    for _ in range(1 + int(rng.expovariate(0.7)) % 8):
        _damage(out, others, rng)
    return bytes(out)


def _mutate_json(data: bytes, rng: random.Random) -> bytes:
    fields = json.loads(data)
    for _ in range(1 + int(rng.expovariate(0.7)) % 8):
        places = list(_places(fields))
        holder, key = rng.choice(places) if places else (None, None)
        if holder is None:
            break
        match rng.randrange(4):
            case 0:
                del holder[key]
            case 1:
                other, at = rng.choice(places)
                holder[key] = copy.deepcopy(other[at])
            case _:
                # A copy: the same list put into itself would have no end.
                holder[key] = copy.deepcopy(rng.choice(_VALUES))
    return json.dumps(fields).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys, at any depth."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)


def _damage(out: bytearray, others: Sequence[bytes], rng: random.Random) -> None:
    # Headers are where decisions are made: half of all damage is done in the first 256 bytes.
    reach = min(len(out), 256) if rng.random() < 0.5 else len(out)
    at = rng.randrange(reach + 1)
    size = rng.choice((1, 2, 4, 4, 16, 64, 1024))
    match rng.randrange(9):
        case 0 if out:  # one bit
            out[at % len(out)] ^= 1 << rng.randrange(8)
        case 1:  # bytes
            out[at : at + size] = rng.randbytes(size)
        case 2:  # a length or a count
            value, width = rng.choice(_INTEGERS), rng.choice((1, 2, 4))
            order = rng.choice(("big", "little"))
            out[at : at + width] = (value & (1 << 8 * width) - 1).to_bytes(width, order)
        case 3:  # cut out
            del out[at : at + size]
        case 4:  # cut off
            del out[at:]
        case 5:  # repeat
            out[at:at] = out[at : at + size] * rng.choice((1, 2, 50))
        case 6:  # insert
            out[at:at] = rng.choice(_TOKENS)
        case 7:  # cross with another
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            out[at : at + size] = other[start : start + size]
        case _:  # swap halves
            out[:] = out[at:] + out[:at]
