"""Nothing but pixels reaches a decoder, and what is left out can have any size and be damaged in any way."""

from __future__ import annotations

import struct
import zlib

import pytest

from bowerbird.imaging import inspect
from bowerbird.imaging.containers import OPENERS, Shell
from bowerbird.imaging.containers.jpeg import jpeg
from bowerbird.imaging.containers.png import png
from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES, PLAIN
from bowerbird.imaging.containers.tiff import orientation
from tests import odd_pictures as odd

_SECRET = b"what a stranger wrote"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("JPEG", odd.jpeg_with(*(odd.jpeg_segment(code, _SECRET) for code in (0xE1, 0xE2, 0xED, 0xFE)))),
        (
            "PNG",
            odd.png_with(*(odd.png_chunk(kind, _SECRET) for kind in (b"tEXt", b"eXIf", b"prVt", b"iCCP"))),
        ),
        ("PNG", odd.png_with(after=odd.png_chunk(b"tEXt", _SECRET))),
        (
            "WEBP",
            odd.webp_with((b"EXIF", _SECRET), (b"XMP ", _SECRET), (b"abcd", _SECRET), (b"ICCP", _SECRET)),
        ),
    ],
    ids=["JPEG", "PNG, before", "PNG, after", "WebP"],
)
def test_metadata_is_left_out(name: str, data: bytes) -> None:
    assert _SECRET in data
    assert _SECRET not in OPENERS[name](data).data


def test_a_plain_jpeg_is_not_copied() -> None:
    data = odd.jpeg_with()
    assert jpeg(data).data is data


def test_an_avif_loses_its_exif_in_place() -> None:
    data = odd.corpus()["avif-exif-broken.avif"]
    shell = OPENERS["AVIF"](data)
    assert (len(shell.data), shell.orientation, shell.whole) == (len(data), None, True)
    assert b"Exif" in data
    assert shell.data.count(b"Exif") < data.count(b"Exif")


@pytest.mark.parametrize("name", OPENERS)
def test_a_file_cut_off_anywhere_is_taken_apart(name: str) -> None:
    data = next(data for data in odd.corpus().values() if inspect(data).format == name)
    for end in range(0, min(len(data), 3000), 7):
        assert isinstance(OPENERS[name](data[:end]), Shell)


@pytest.mark.parametrize(
    ("block", "turned"),
    [
        (odd.exif(6), 6),
        (odd.exif(9), 1),
        (b"Exif\0\0" + odd.exif(6), 1),
        (odd.exif(6)[:20], 1),
        (b"MM\0*\0\0\0\x08\xff\xff" + bytes(24), 1),
        (b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHII", 0x112, 4, 1, 6), 1),
        (b"", 1),
    ],
    ids=[
        "sound",
        "no such turn",
        "with a head",
        "cut off",
        "entries that are not there",
        "a long",
        "nothing",
    ],
)
def test_orientation(block: bytes, turned: int) -> None:
    assert orientation(block) == turned


def test_a_profile_that_would_fill_the_memory_is_not_read() -> None:
    bomb = odd.png_with(odd.png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(4 * MAX_PROFILE_BYTES))))
    assert len(bomb) < 100_000
    assert png(bomb).colour == PLAIN


def test_a_jpeg_of_segments_alone_is_given_up() -> None:
    crowd = b"\xff\xd8" + odd.jpeg_segment(0xFE, b"") * 50_000
    assert len(jpeg(crowd).data) > len(crowd) // 2


def test_an_end_marker_inside_a_segment_ends_nothing() -> None:
    """Guided fuzzing found it: what was taken apart grew when it was taken apart again."""
    hidden = b"\xff\xd8" + odd.jpeg_segment(0xE1, b"Exif\0\0 \xff\xd9")
    shell = jpeg(hidden)
    assert shell.data == b"\xff\xd8\xff\xd9"
    assert not shell.whole
    assert shell.otherwise is not None
