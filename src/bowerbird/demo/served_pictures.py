"""Makes the pictures that the played hosts serve: photographs, copies of them, and drawings."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from PIL import ExifTags, Image, ImageDraw, ImageFont, ImageOps

PHOTOGRAPHS: Final = Path(__file__).parent / "photographs"

_WHITE: Final = (255, 255, 255)
_INK: Final = (24, 26, 30)


@dataclass(frozen=True, slots=True)
class Picture:
    """Names a photograph or a drawing, and the changes made to it before the upload.

    Without any change the server sends a photograph's bytes untouched. `width` in pixels scales it. `mark` is
    written across it. `mirrored` swaps left and right. `turned` stores it lying on its side; only its EXIF
    orientation turns it upright.
    """

    photograph: str = ""
    drawing: Literal["", "meme", "screenshot", "banner", "strip", "icon", "removed"] = ""
    width: int | None = None
    mark: str = ""
    mirrored: bool = False
    turned: bool = False
    format: Literal["JPEG", "PNG", "WEBP"] = "JPEG"
    quality: int = 85


@cache
def render(picture: Picture) -> bytes:
    """Make the file. The same picture always gives the same file."""
    if picture == Picture(photograph=picture.photograph):
        return (PHOTOGRAPHS / f"{picture.photograph}.jpg").read_bytes()
    image = _DRAWINGS[picture.drawing]() if picture.drawing else _open(picture.photograph)
    if picture.width:
        image = image.resize((picture.width, round(image.height * picture.width / image.width)))
    if picture.mirrored:
        image = ImageOps.mirror(image)
    if picture.mark:
        image = _marked(image, picture.mark)
    exif = Image.Exif()
    if picture.turned:
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif[ExifTags.Base.Orientation] = 6
    return _encode(image, picture.format, picture.quality, exif)


def resized(picture: Picture, width: int | None, image_format: str) -> bytes:
    """Make a preview as Reddit does: upright, `width` pixels wide, without metadata."""
    across, down = size(picture)
    width = width or across
    with Image.open(io.BytesIO(render(picture))) as source:
        source.draft("RGB", (width, 1))
        image = ImageOps.exif_transpose(source).convert("RGB")
    image = image.resize((width, round(down * width / across)), Image.Resampling.LANCZOS)
    return _encode(image, image_format, 75, Image.Exif())


def size(picture: Picture) -> tuple[int, int]:
    """Tell the picture's width and height in pixels when it is upright."""
    with Image.open(io.BytesIO(render(picture))) as image:
        return image.size[::-1] if picture.turned else image.size


def _open(photograph: str) -> Image.Image:
    with Image.open(PHOTOGRAPHS / f"{photograph}.jpg") as image:
        return image.convert("RGB")


def _encode(image: Image.Image, image_format: str, quality: int, exif: Image.Exif) -> bytes:
    out = io.BytesIO()
    # Fast matters more than small, because the bytes cross the loopback only.
    image.save(out, image_format, quality=quality, method=0, compress_level=1, exif=exif)
    return out.getvalue()


def _marked(image: Image.Image, text: str) -> Image.Image:
    """Repeat the text all over, slanted and half transparent, as stock libraries do."""
    font = ImageFont.load_default(image.width / 22)
    tile = Image.new("L", (round(font.getlength(text) * 1.5), round(image.width / 7)))
    ImageDraw.Draw(tile).text((10, 10), text, fill=120, font=font)
    side = image.width + image.height
    veil = Image.new("L", (side, side))
    for row, top in enumerate(range(0, side, tile.height)):
        for left in range(-(row % 2) * tile.width // 2, side, tile.width):
            veil.paste(tile, (left, top))
    veil = veil.rotate(24, Image.Resampling.BICUBIC)
    left, top = (side - image.width) // 2, (side - image.height) // 2
    veil = veil.crop((left, top, left + image.width, top + image.height))
    return Image.composite(Image.new("RGB", image.size, _WHITE), image, veil)


def _meme() -> Image.Image:
    image = Image.new("RGB", (1200, 1200), (250, 196, 52))
    draw = ImageDraw.Draw(image)
    draw.ellipse((300, 300, 900, 900), fill=(255, 226, 120), outline=_INK, width=14)
    for left in (440, 660):
        draw.ellipse((left, 480, left + 100, 600), fill=_INK)
    draw.arc((420, 620, 780, 860), 190, 350, fill=_INK, width=18)
    for top, text in ((90, "ONE MORE COMMIT"), (980, "AND THEN I SLEEP")):
        draw.text(
            (600, top),
            text,
            fill=_WHITE,
            font=ImageFont.load_default(110),
            anchor="ma",
            stroke_width=8,
            stroke_fill=_INK,
        )
    return image


def _screenshot() -> Image.Image:
    """Draw a chat on a phone."""
    image = Image.new("RGB", (1170, 2200), (242, 243, 247))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1170, 190), fill=(36, 110, 185))
    draw.text((60, 80), "19:04   Allotment group", fill=_WHITE, font=ImageFont.load_default(60))
    lines = ("who has the shed key", "not me", "me neither", "it is under the pot", "WHICH pot", "the pot")
    for row, line in enumerate(lines):
        top, own = 280 + row * 300, row % 2
        left = 470 if own else 50
        draw.rounded_rectangle(
            (left, top, left + 650, top + 190), 40, fill=(204, 238, 200) if own else _WHITE
        )
        draw.text((left + 40, top + 60), line, fill=_INK, font=ImageFont.load_default(56))
    return image


def _banner() -> Image.Image:
    image = Image.new("RGB", (4000, 800), (20, 60, 70))
    ImageDraw.Draw(image).text(
        (2000, 400), "AUTUMN SALE", fill=(255, 214, 102), font=ImageFont.load_default(420), anchor="mm"
    )
    return image


def _strip() -> Image.Image:
    """Draw a comic to scroll through: six empty panels."""
    image = Image.new("RGB", (900, 5400), _WHITE)
    draw = ImageDraw.Draw(image)
    for panel in range(6):
        box = (30, panel * 900 + 30, 870, panel * 900 + 870)
        draw.rectangle(box, fill=(230 - panel * 20, 214, 180 + panel * 10), outline=_INK, width=8)
    return image


def _icon() -> Image.Image:
    image = Image.new("RGB", (96, 96), (255, 69, 0))
    ImageDraw.Draw(image).ellipse((20, 20, 76, 76), fill=_WHITE)
    return image


def _removed() -> Image.Image:
    """Draw a stand-in for imgur's own "removed" picture, of the same size."""
    image = Image.new("RGB", (161, 81), (34, 34, 34))
    ImageDraw.Draw(image).text((80, 40), "no longer available", fill=(170, 170, 170), anchor="mm")
    return image


_DRAWINGS: Final = {
    "meme": _meme,
    "screenshot": _screenshot,
    "banner": _banner,
    "strip": _strip,
    "icon": _icon,
    "removed": _removed,
}
