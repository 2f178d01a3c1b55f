"""XMP in copies of pictures: it reads back, and the pixels are those of the original."""

import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from PIL import Image

from bowerbird.imaging.embedding import embedded
from bowerbird.imaging.xmp import Description
from tests.pictures import encoded, gradient

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
ODD = Description(
    title='<Alps> & "snow" ]]> \x00\x0b\ud800 été',
    creator="some&one",
    source="https://example.org/?a=1&b=<2>",
    rights="CC BY 4.0",
    created=datetime(2026, 11, 26, 9, tzinfo=UTC),
    tags=("a", "b & c"),
    rating=4,
)


def read(packet: bytes) -> dict[str, list[str]]:
    """Each property of a packet with its values."""
    (about,) = ET.fromstring(packet).iter(f"{RDF}Description")  # noqa: S314 - our own
    return {
        each.tag: [item.text or "" for item in each.iter(f"{RDF}li")] or [each.text or ""] for each in about
    }


def simple_webp(**options: bool) -> bytes:
    buffer = io.BytesIO()
    gradient(300, 200).save(buffer, "WEBP", **options)
    return buffer.getvalue()


def with_old_xmp(image_format: str) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient(300, 200).save(buffer, image_format, xmp=Description(title="old").packet(), exif=exif)
    return buffer.getvalue()


FILES = {
    "jpeg": encoded(gradient(300, 200)),
    "png": encoded(gradient(300, 200), "PNG"),
    "webp": simple_webp(),
    "webp-lossless": simple_webp(lossless=True),
    "jpeg-with-more": with_old_xmp("JPEG"),
    "webp-with-more": with_old_xmp("WEBP"),
}


def test_strangers_words_stay_words() -> None:
    found = read(ODD.packet())
    assert found[f"{DC}title"] == found[f"{DC}description"] == ['<Alps> & "snow" ]]>  été']
    assert found[f"{DC}creator"] == ["some&one"]
    assert found[f"{DC}source"] == ["https://example.org/?a=1&b=<2>"]
    assert found[f"{DC}rights"] == ["CC BY 4.0"]
    assert found[f"{DC}subject"] == found["{http://www.digikam.org/ns/1.0/}TagsList"] == ["a", "b & c"]
    assert found["{http://ns.adobe.com/xap/1.0/}Rating"] == ["4"]
    assert found["{http://ns.adobe.com/xap/1.0/}CreateDate"] == ["2026-11-26T09:00:00+00:00"]


def test_what_is_not_known_is_left_out() -> None:
    assert read(Description(title="x").packet()).keys() == {f"{DC}title", f"{DC}description"}


@pytest.mark.parametrize("name", FILES)
def test_a_packet_reads_back_and_the_pixels_stay(name: str) -> None:
    data = FILES[name]
    copy = embedded(data, ODD.packet())
    assert copy is not None
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(copy))
    assert after.info["xmp"].removesuffix(b"\0") == ODD.packet()
    assert copy.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1
    assert (after.size, after.mode) == (before.size, before.mode)
    assert after.tobytes() == before.tobytes()
    assert dict(after.getexif()) == dict(before.getexif())
    assert embedded(copy, ODD.packet()) == copy


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_gives_none_or_bytes_and_never_an_error(name: str) -> None:
    data = FILES[name]
    for end in (0, 1, 3, 12, 16, 21, 30, 40, 60, len(data) // 2, len(data) - 1):
        copy = embedded(data[:end], b"packet")
        assert copy is None or b"packet" in copy


def test_other_formats_have_no_place_for_it() -> None:
    assert embedded(b"\0\0\0\x20ftypavif" + bytes(40), b"packet") is None
    assert embedded(b"hello", b"packet") is None


def test_a_webp_without_a_size_has_no_place_for_it() -> None:
    """Fuzzing found it: a height of 0 has no number in the chunk that an extended file begins with."""
    flat = bytearray(simple_webp())
    at = flat.index(b"\x9d\x01\x2a") + 5
    flat[at : at + 2] = b"\0\0"
    assert embedded(bytes(flat), Description(title="Fog").packet()) is None
