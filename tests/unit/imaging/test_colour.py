from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from bowerbird.imaging import decode

Encode = Callable[..., bytes]


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile(description: bytes = b"odd ") -> bytes:
    """An sRGB profile whose red and green primaries have changed places: red pixels are green light."""
    profile = bytearray(srgb_profile())
    (tags,) = struct.unpack_from(">I", profile, 128)
    places = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * tags, 12)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    text, size = struct.unpack_from(">II", profile, places[b"desc"] + 4)
    wide = "sRGB".encode("utf-16-be")
    where = profile.find(wide, text, text + size)
    profile[where : where + len(wide)] = description.decode().encode("utf-16-be")
    return bytes(profile)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_pixels_go_through_the_profile(encode: Encode, image_format: str) -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    pixel = decode(encode(red, image_format, icc_profile=swapped_profile())).getpixel((8, 8))
    assert isinstance(pixel, tuple)
    assert pixel[1] > 250
    assert pixel[0] < 8


def test_alpha_and_profile_together(encode: Encode) -> None:
    red = Image.new("RGBA", (16, 16), (255, 0, 0, 255))
    assert decode(encode(red, "PNG", icc_profile=swapped_profile())).getpixel((8, 8)) == (0, 255, 0)


def test_srgb_is_left_alone(encode: Encode) -> None:
    colour = Image.new("RGB", (16, 16), (12, 200, 99))
    assert decode(encode(colour, "PNG", icc_profile=srgb_profile())).getpixel((8, 8)) == (12, 200, 99)


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"no profile",
        srgb_profile()[:200],
        b"\xff" * 500,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
    ids=["empty", "text", "cut off", "noise", "of another colour space"],
)
def test_a_profile_that_makes_no_sense_is_ignored(encode: Encode, profile: bytes) -> None:
    colour = Image.new("RGB", (16, 16), (12, 200, 99))
    assert decode(encode(colour, "PNG", icc_profile=profile)).getpixel((8, 8)) == (12, 200, 99)


def test_a_profile_of_another_mode_is_ignored(encode: Encode) -> None:
    grey = Image.new("L", (16, 16), 77)
    assert decode(encode(grey, "PNG", icc_profile=swapped_profile())).getpixel((8, 8)) == (77, 77, 77)
