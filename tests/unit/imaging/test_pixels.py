from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from bowerbird.core.errors import PermanentError
from bowerbird.imaging import decode, inspect, thumbnail

Picture = Callable[..., Image.Image]
Encode = Callable[..., bytes]

CORNERS = ((0.05, 0.05), (0.95, 0.05), (0.05, 0.95), (0.95, 0.95))


def colours(image: Image.Image) -> np.ndarray:
    """The colours near the four corners, as 4 x 3 integers."""
    at = [(int(x * image.width), int(y * image.height)) for x, y in CORNERS]
    return np.array([image.getpixel(place) for place in at], dtype=int)


def assert_like(image: Image.Image, other: Image.Image, tolerance: int = 12) -> None:
    assert image.mode == "RGB"
    assert np.abs(colours(image) - colours(other)).max() <= tolerance


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_plain(picture: Picture, encode: Encode, image_format: str) -> None:
    image = decode(encode(picture(), image_format))
    assert image.size == (80, 40)
    assert_like(image, picture())


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright(picture: Picture, encode: Encode, image_format: str, orientation: int) -> None:
    # How a camera held that way stores the picture: the inverse of what EXIF asks a viewer to do.
    stored = {
        1: lambda image: image,
        2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
        4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
        7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
        8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    }[orientation](picture())
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(stored, image_format, exif=exif)
    image = decode(data)
    assert (image.width, image.height) == (80, 40) == (inspect(data).width, inspect(data).height)
    assert_like(image, picture())


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "min_side", "expected"),
    [
        ((1600, 800), None, (1600, 800)),
        ((1600, 800), 100, (200, 100)),
        ((1600, 800), 101, (400, 200)),
        ((1600, 800), 512, (1600, 800)),
        ((1600, 800), 5000, (1600, 800)),
        ((800, 1600), 224, (400, 800)),
        ((1601, 801), 100, (201, 101)),
        ((1602, 3), 1, (801, 2)),
    ],
)
def test_no_larger_than_needed(  # noqa: PLR0913, PLR0917 - two fixtures, four columns
    picture: Picture,
    encode: Encode,
    image_format: str,
    size: tuple[int, int],
    min_side: int | None,
    expected: tuple[int, int],
) -> None:
    image = decode(encode(picture(*size), image_format), min_side=min_side)
    assert image.size == expected
    if min(expected) > 20:
        assert_like(image, picture(*size))


def test_the_smaller_copy_is_upright_too(picture: Picture, encode: Encode) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(picture(1600, 800).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    image = decode(data, min_side=200)
    assert image.size == (400, 200)
    assert_like(image, picture())


def test_grey_and_black_and_white(picture: Picture, encode: Encode) -> None:
    grey = picture(mode="L")
    for data in (encode(grey, "JPEG"), encode(grey, "PNG"), encode(grey.convert("LA"), "PNG")):
        assert_like(decode(data), grey.convert("RGB"))
    bits = Image.new("1", (8, 8), 1)
    assert decode(encode(bits, "PNG")).getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_clipped(picture: Picture, encode: Encode) -> None:
    grey = np.asarray(picture(mode="L")).astype(np.uint16) * 257
    image = decode(encode(Image.fromarray(grey), "PNG"))
    assert_like(image, picture(mode="L").convert("RGB"), tolerance=1)


def test_palette(picture: Picture, encode: Encode) -> None:
    assert_like(decode(encode(picture(mode="P"), "PNG")), picture(mode="P").convert("RGB"), tolerance=0)


def test_transparency_lies_over_white(encode: Encode) -> None:
    layers = Image.new("RGBA", (20, 10), (200, 0, 0, 255))
    layers.paste((0, 0, 200, 0), (10, 0, 20, 10))
    for image_format in ("PNG", "WEBP"):
        image = decode(encode(layers, image_format, lossless=True))
        assert image.getpixel((2, 5)) == (200, 0, 0)
        assert image.getpixel((17, 5)) == (255, 255, 255)
    half = decode(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "PNG"))
    assert half.getpixel((1, 1)) == (127, 127, 127)


def test_a_transparent_colour_of_a_palette_or_of_rgb_lies_over_white(encode: Encode) -> None:
    indexed = Image.new("P", (8, 8), 1)
    indexed.putpalette([10, 20, 30, 40, 50, 60])
    assert decode(encode(indexed, "PNG")).getpixel((1, 1)) == (40, 50, 60)
    assert decode(encode(indexed, "PNG", transparency=1)).getpixel((1, 1)) == (255, 255, 255)
    red = Image.new("RGB", (8, 8), (200, 0, 0))
    assert decode(encode(red, "PNG", transparency=(200, 0, 0))).getpixel((1, 1)) == (255, 255, 255)


def test_cmyk(encode: Encode) -> None:
    for ink, light in (
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
    ):
        image = decode(encode(Image.new("CMYK", (16, 16), ink), "JPEG", quality=95))
        assert np.abs(np.array(image.getpixel((8, 8))) - light).max() <= 3


def test_progressive(picture: Picture, encode: Encode) -> None:
    image = decode(encode(picture(1600, 800), "JPEG", progressive=True), min_side=100)
    assert image.size == (200, 100)
    assert_like(image, picture())


def test_what_follows_the_end_is_tolerated(picture: Picture, encode: Encode) -> None:
    for image_format in ("JPEG", "PNG", "WEBP", "AVIF"):
        data = encode(picture(), image_format) + b"PK\3\4<script>alert(1)</script>" * 100
        assert_like(decode(data), picture())


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("min_side", [None, 100])
def test_a_truncated_picture_is_refused(
    encode: Encode, image_format: str, share: float, min_side: int | None
) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), image_format)
    with pytest.raises(PermanentError, match=r"^truncated: "):
        decode(data[: int(len(data) * share)], min_side=min_side)


SCANS = [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"restart_marker_blocks": 1}]


def photograph() -> Image.Image:
    noise = np.random.default_rng(7).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((1200, 900))


@pytest.mark.parametrize("options", SCANS, ids=str)
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("min_side", [None, 100])
@pytest.mark.parametrize(
    "tail", [b"", b"\xff", b"<html>gone</html>", bytes(5000), b"\xff" * 5000], ids=lambda tail: repr(tail[:9])
)
def test_a_jpeg_that_lacks_only_its_end_is_unfinished(
    encode: Encode, options: dict[str, object], mode: str, min_side: int | None, tail: bytes
) -> None:
    data = encode(photograph().convert(mode), "JPEG", **options)
    whole = decode(data, min_side=min_side)
    image = decode(data[:-2] + tail, min_side=min_side)
    assert (whole.info, image.info) == ({}, {"unfinished": True})
    assert image.tobytes() == whole.tobytes()


@pytest.mark.parametrize("options", SCANS, ids=str)
@pytest.mark.parametrize("tail", [b"", b"\xff\xd9", bytes(5000), b"<html>gone</html>"], ids=repr)
@pytest.mark.parametrize("missing", [40, 400, 20_000])
def test_a_jpeg_that_lacks_rows_is_truncated(
    encode: Encode, options: dict[str, object], tail: bytes, missing: int
) -> None:
    if tail == b"\xff\xd9" and ("progressive" in options or missing < 400):
        pytest.skip("its rows are there: less fine, or less a few pixels")
    data = encode(photograph(), "JPEG", **options)
    with pytest.raises(PermanentError, match=r"^truncated: "):
        decode(data[:-missing] + tail)


def test_a_progressive_jpeg_without_its_last_scans_is_truncated(encode: Encode) -> None:
    data = encode(photograph(), "JPEG", progressive=True)
    for scan in [at for at in range(len(data)) if data.startswith(b"\xff\xda", at)][1:]:
        table = data.rindex(b"\xff\xc4", 0, scan)
        with pytest.raises(PermanentError, match=r"^truncated: the file ends before its last scan"):
            decode(data[:table])


def test_a_picture_that_is_grey_at_its_end_is_whole(encode: Encode) -> None:
    assert decode(encode(Image.new("RGB", (640, 480), (128, 128, 128)), "JPEG")).info == {}


def test_a_damaged_checksum_is_refused(picture: Picture, encode: Encode) -> None:
    data = bytearray(encode(picture(), "PNG"))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    with pytest.raises(PermanentError, match=r"^(undecodable|truncated): "):
        decode(bytes(data))


def test_a_progressive_picture_that_needs_too_much_memory_is_refused(
    picture: Picture, encode: Encode
) -> None:
    data = bytearray(encode(picture(), "JPEG", progressive=True, subsampling="4:4:4"))
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = (10000).to_bytes(2, "big") * 2
    with pytest.raises(
        PermanentError, match=r"^memory: 10000x10000 JPEG needs \d+ MiB to decode, 512 are allowed"
    ):
        decode(bytes(data), min_side=512)


def test_nothing_a_stranger_wrote_reaches_a_thumbnail(picture: Picture, encode: Encode) -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>description</script>"
    data = encode(
        picture(), "JPEG", exif=exif, comment=b"<script>comment</script>", icc_profile=b"<script>" * 30
    )
    image = decode(data)
    assert image.info == {}
    assert b"<script>" not in thumbnail(image, 64)


def test_thumbnail_keeps_the_shape(picture: Picture) -> None:
    image = picture(1600, 800)
    with Image.open(io.BytesIO(thumbnail(image, 256))) as small:
        assert (small.format, small.size) == ("JPEG", (256, 128))
    assert image.size == (1600, 800)


@pytest.mark.parametrize(
    ("size", "small"),
    [((1000, 500), (256, 128)), ((500, 1000), (128, 256)), ((2000, 3), (256, 1)), ((80, 40), (80, 40))],
)
def test_a_thumbnail_is_small_and_leaves_the_picture(size: tuple[int, int], small: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (200, 100, 50))
    made = Image.open(io.BytesIO(thumbnail(image, 256)))
    assert (made.format, made.size) == ("JPEG", small)
    assert image.size == size
