from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from bowerbird.core.errors import PermanentError
from bowerbird.imaging import ImageInfo, inspect

Picture = Callable[..., Image.Image]
Encode = Callable[..., bytes]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, colour: int = 2) -> bytes:
    """A PNG that declares any size at all, over 1 KiB of compressed zeros."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1024))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def jpeg(width: int, height: int, picture: Image.Image, encode: Encode) -> bytes:
    """A JPEG whose frame header declares any size at all."""
    data = bytearray(encode(picture, "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_facts_are_of_the_upright_picture(
    picture: Picture, encode: Encode, image_format: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    width, height = (80, 40) if orientation < 5 else (40, 80)
    data = encode(picture(), image_format, exif=exif)
    assert inspect(data) == ImageInfo(image_format, width, height, "RGB", orientation)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_is_upright(picture: Picture, encode: Encode, value: object) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert inspect(encode(picture(), "JPEG", exif=exif)) == ImageInfo("JPEG", 80, 40, "RGB", 1)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_webp_is_never_turned(picture: Picture, encode: Encode, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert inspect(encode(picture(), "WEBP", exif=exif)) == ImageInfo("WEBP", 80, 40, "RGB", 1)


def test_damaged_exif_does_not_spoil_the_picture(picture: Picture, encode: Encode) -> None:
    for exif in (b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*" + b"\xff" * 200):
        info = inspect(encode(picture(), "JPEG", exif=exif))
        assert (info.width, info.height) == (80, 40)


@pytest.mark.parametrize(
    ("lossless", "mode"), [(True, "RGB"), (False, "RGB"), (True, "RGBA"), (False, "RGBA")]
)
def test_every_kind_of_webp_header(picture: Picture, encode: Encode, lossless: bool, mode: str) -> None:
    image = picture(123, 77, mode)
    if mode == "RGBA":
        image.putalpha(128)
    assert inspect(encode(image, "WEBP", lossless=lossless)) == ImageInfo("WEBP", 123, 77, mode)


@pytest.mark.parametrize(
    "size", [(65500, 65500), (65500, 1558), (10100, 10100)], ids=["4 gigapixels", "ribbon", "just above"]
)
def test_a_decompression_bomb_is_refused_from_its_header(
    picture: Picture, encode: Encode, size: tuple[int, int]
) -> None:
    for data in (jpeg(*size, picture(), encode), png(*size), webp(*size)):
        with pytest.raises(
            PermanentError, match=rf"^too-many-pixels: {size[0]}x{size[1]}, 102000000 are read"
        ):
            inspect(data)


def test_the_largest_camera_is_below_the_limit(picture: Picture, encode: Encode) -> None:
    assert inspect(jpeg(11648, 8736, picture(), encode)).width == 11648


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "AVIF"])
def test_an_animation_is_refused(picture: Picture, encode: Encode, image_format: str) -> None:
    frames = [picture(), picture().transpose(Image.Transpose.ROTATE_180)]
    data = encode(frames[0], image_format, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(PermanentError, match=r"^animated: 2 frames, a still picture is wanted"):
        inspect(data)


def test_a_second_picture_inside_a_jpeg_is_no_animation(picture: Picture, encode: Encode) -> None:
    data = encode(picture(), "MPO", save_all=True, append_images=[picture(20, 10)])
    assert inspect(data) == ImageInfo("JPEG", 80, 40, "RGB")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><title>Not found</title>", "html: a page instead of an image"),
        (b"GIF89a" + bytes(20), "format: GIF is not kept"),
        (b"\0\0\0\x20ftypavif" + bytes(20), "(truncated|undecodable): "),
        (b"\0\0\0\x20ftypheic" + bytes(20), "format: HEIC is not kept; JPEG, PNG, WebP and AVIF are"),
        (b"\xff\x0a" + bytes(20), "format: JPEG XL is not kept"),
        (b"<svg/>", "format: SVG is not kept"),
        (b"", "unknown-format: begins with nothing"),
        (b"\1\2\3", "unknown-format: begins with 010203"),
        (b"\xff\xd8\xff", "(truncated|undecodable): "),
        (b"\x89PNG\r\n\x1a\n", "(truncated|undecodable): "),
        (b"RIFF\4\0\0\0WEBP", "truncated: WebP shorter than its header"),
        (b"RIFF\xff\0\0\0WEBPVP8X" + bytes(30), "truncated: WebP of 263 bytes, 46 are here"),
        (b"RIFF\x16\0\0\0WEBPJUNK" + bytes(30), "undecodable: WebP begins with b'JUNK'"),
        (b"RIFF\x16\0\0\0WEBPVP8 " + bytes(30), "undecodable: WebP begins with b'VP8 '"),
        (png(0, 10), "undecodable: "),
    ],
)
def test_what_is_no_image_is_named(data: bytes, words: str) -> None:
    with pytest.raises(PermanentError, match=rf"^{words}"):
        inspect(data)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_cut_off_inside_the_header(picture: Picture, encode: Encode, image_format: str) -> None:
    data = encode(picture(), image_format)
    for end in range(30):
        with pytest.raises(PermanentError, match=r"^(truncated|undecodable|unknown-format|format): "):
            inspect(data[:end])
