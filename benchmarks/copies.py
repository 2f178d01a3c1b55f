"""Measures what the rule takes for a copy, and which copy stays: python -m benchmarks.copies FOLDER [COUNT].

It makes copies of some forty kinds of each photograph of a folder, the largest files first. It shows the rule
each copy after its original, then the original after the copy, as `mine` would do.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bowerbird import imaging
from bowerbird.core.likeness import Likeness, prints
from bowerbird.filter.contest import Entry, Winner, contest

Picture = Image.Image
_LANCZOS: Final = Image.Resampling.LANCZOS


def saved(image: Picture, quality: int = 90, form: str = "JPEG") -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    image.save(out, form, **({"compress_level": 1} if form == "PNG" else {"quality": quality}))
    return out.getvalue()


def again(image: Picture, quality: int) -> Picture:
    """As it is after it was a JPEG of that quality."""
    return Image.open(io.BytesIO(saved(image, quality))).convert("RGB")


def scaled(image: Picture, factor: float, how: Image.Resampling = _LANCZOS) -> Picture:
    """At another size."""
    return image.resize((round(image.width * factor), round(image.height * factor)), how)


def cropped(image: Picture, part: float) -> Picture:
    """Without `part` of its width and height, half of it on each side."""
    x, y = round(image.width * part / 2), round(image.height * part / 2)
    return image.crop((x, y, image.width - x, image.height - y))


def window(image: Picture, left: float, size: float = 0.9) -> Picture:
    """What a camera sees that points `left` of the width to the right."""
    x, y = round(image.width * left), round(image.height * (1 - size) / 2)
    return image.crop((x, y, x + round(image.width * size), y + round(image.height * size)))


def grained(image: Picture, amount: float) -> Picture:
    """With film grain."""
    noise = np.random.default_rng(1).normal(0, amount, (image.height, image.width, 1))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def sharpened(image: Picture, radius: float, percent: int) -> Picture:
    """Unsharp mask."""
    return image.filter(ImageFilter.UnsharpMask(radius, percent, 0))


def web_216(image: Picture) -> Picture:
    """Six values a channel, dithered."""
    palette = Image.new("P", (1, 1))
    values = range(0, 256, 51)
    palette.putpalette([part for r in values for g in values for b in values for part in (r, g, b)])
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def graded(image: Picture) -> Picture:
    """Warmer, darker in the shadows, more colour: a filter of a photo app."""
    red, green, blue = image.split()
    warm = Image.merge(
        "RGB", (red.point(lambda v: min(255, int(v * 1.08))), green, blue.point(lambda v: int(v * 0.88)))
    )
    return ImageEnhance.Color(ImageEnhance.Contrast(warm).enhance(1.2)).enhance(1.2)


def marked(image: Picture) -> Picture:
    """With a line of text across its lower part."""
    layer = image.copy()
    draw = ImageDraw.Draw(layer)
    draw.text(
        (image.width * 0.55, image.height * 0.88),
        "© somebody.example",
        fill="white",
        font_size=image.height // 20,
    )
    return layer


def captioned(image: Picture) -> Picture:
    """A meme: a white bar with words above."""
    bar = image.height // 8
    out = ImageOps.expand(image, (0, bar, 0, 0), "white")
    ImageDraw.Draw(out).text((20, bar // 4), "WHEN YOU SEE IT", fill="black", font_size=bar // 2)
    return out


def screenshot(image: Picture) -> Picture:
    """On a phone's screen: bars of an app above and below, the picture scaled to its width."""
    shown = scaled(image, 1080 / image.width)
    out = Image.new("RGB", (1080, shown.height + 260), (18, 18, 18))
    out.paste(shown, (0, 130))
    ImageDraw.Draw(out).text((40, 40), "12:41   r/earthporn", fill="white", font_size=40)
    return out


def bordered(image: Picture, part: float) -> Picture:
    """In a white frame."""
    return ImageOps.expand(image, round(min(image.size) * part), "white")


#: The ways to make a copy of the original, which is a JPEG of quality 90.
KINDS: Final[dict[str, Callable[[Picture], bytes]]] = {
    "resized to 60 %": lambda p: saved(scaled(p, 0.6)),
    "resized to 30 %": lambda p: saved(scaled(p, 0.3)),
    "resized to 60 %, PNG": lambda p: saved(scaled(p, 0.6), form="PNG"),
    "recompressed, q75": lambda p: saved(p, 75),
    "recompressed, q30": lambda p: saved(p, 30),
    "recompressed, q98": lambda p: saved(p, 98),
    "q30, saved again at q98": lambda p: saved(again(p, 30), 98),
    "q30, saved as PNG": lambda p: saved(again(p, 30), form="PNG"),
    "q40, 6 MB appended": lambda p: saved(p, 40) + bytes(6_000_000),
    "PNG of the same pixels": lambda p: saved(p, form="PNG"),
    "WebP, q80": lambda p: saved(p, 80, "WEBP"),
    "cropped by 2 %": lambda p: saved(cropped(p, 0.02)),
    "cropped by 6 %": lambda p: saved(cropped(p, 0.06)),
    "cropped by 20 %": lambda p: saved(cropped(p, 0.2)),
    "mirrored": lambda p: saved(ImageOps.mirror(p)),
    "turned by 90°": lambda p: saved(p.transpose(Image.Transpose.ROTATE_90)),
    "brighter": lambda p: saved(ImageEnhance.Brightness(p).enhance(1.15)),
    "graded": lambda p: saved(graded(p), 96),
    "grey, q98": lambda p: saved(p.convert("L"), 98),
    "grey, saved as RGB": lambda p: saved(p.convert("L").convert("RGB"), 98),
    "sepia": lambda p: saved(ImageOps.colorize(p.convert("L"), "#201004", "#fff0d0"), 96),
    "1 bit, dithered, 60 %": lambda p: saved(scaled(p, 0.6).convert("1"), form="PNG"),
    "1 bit, dithered": lambda p: saved(p.convert("1"), form="PNG"),
    "1 bit, saved as JPEG": lambda p: saved(p.convert("1").convert("RGB"), 95),
    "216 colours, 60 %": lambda p: saved(web_216(scaled(p, 0.6)), form="PNG"),
    "216 colours": lambda p: saved(web_216(p), form="PNG"),
    "64 colours, as JPEG": lambda p: saved(p.quantize(64).convert("RGB"), 96),
    "framed, 2 %": lambda p: saved(bordered(p, 0.02)),
    "framed, 8 %": lambda p: saved(bordered(p, 0.08)),
    "marked": lambda p: saved(marked(p), 96),
    "captioned": lambda p: saved(captioned(p), 96),
    "screenshot": lambda p: saved(screenshot(p), form="PNG"),
    "grain": lambda p: saved(grained(p, 14), 96),
    "60 %, grain": lambda p: saved(grained(scaled(p, 0.6), 14), 95),
    "sharpened": lambda p: saved(sharpened(p, 2, 150), 96),
    "60 %, sharpened": lambda p: saved(sharpened(scaled(p, 0.6), 1, 100), 85),
    "60 %, sharpened twice": lambda p: saved(sharpened(scaled(p, 0.6), 2, 200), 96),
    "blurred": lambda p: saved(p.filter(ImageFilter.GaussianBlur(3)), 96),
    "enlarged to 150 %": lambda p: saved(scaled(p, 1.5), 95),
    "enlarged to 200 %": lambda p: saved(scaled(p, 2, Image.Resampling.BICUBIC), 95),
    "200 %, sharpened": lambda p: saved(sharpened(scaled(p, 2), 2, 150), 95),
    "200 %, grain": lambda p: saved(grained(scaled(p, 2), 8), 95),
    "200 %, PNG": lambda p: saved(scaled(p, 2), form="PNG"),
    "25 %, then 200 %": lambda p: saved(scaled(scaled(p, 0.25), 8), 95),
}

#: Pictures that are no copies: the view of a camera a little to the side, compared with the first view.
VIEWS: Final = {"burst, 1 % to the side": 0.01, "burst, 3 % to the side": 0.03}


def asked(new: bytes, old: bytes) -> str:
    """Who is kept, in a word: what the index and the rule say of a newcomer."""
    entries = [Entry.of(each, imaging) for each in (new, old)]
    one, other = (Likeness("", "", *prints(each.small)) for each in entries)
    if not one.alike(other):
        return "two pictures"
    finding = contest(entries[0], entries[1])
    return {Winner.OLD: "first", Winner.NEW: "second", Winner.BOTH: "two pictures"}[finding.winner]


def rows(path: Path) -> list[tuple[str, str, str]]:
    """Each kind, who is kept when the original comes first, and who when the copy does."""
    picture = Image.open(path).convert("RGB")
    original = again(picture, 90)
    base = saved(original)
    pairs = [(kind, base, make(original)) for kind, make in KINDS.items()]
    view = saved(window(picture, 0.02))
    pairs += [(kind, view, saved(window(picture, 0.02 + 0.9 * step))) for kind, step in VIEWS.items()]
    names = {"first": ("original", "copy"), "second": ("copy", "original"), "two pictures": ("both", "both")}
    return [(kind, names[asked(copy, first)][0], names[asked(first, copy)][1]) for kind, first, copy in pairs]


def main() -> None:
    """Print the table in Markdown."""
    folder, count = Path(sys.argv[1]), int([*sys.argv, "40"][2])
    files = sorted(folder.iterdir(), key=lambda path: -path.stat().st_size)[:count]
    first: dict[str, Counter[str]] = {}
    last: dict[str, Counter[str]] = {}
    with ProcessPoolExecutor() as pool:
        for kind, late, early in chain.from_iterable(pool.map(rows, files)):
            first.setdefault(kind, Counter())[late] += 1
            last.setdefault(kind, Counter())[early] += 1
    print(
        f"| {len(files)} photographs; kept are the original, both, the copy | original first | copy first |"
    )
    print("| --- | --- | --- |")
    for kind in first:
        told = [
            ", ".join(str(each[kind][who]) for who in ("original", "both", "copy")) for each in (first, last)
        ]
        print(f"| {kind} | {told[0]} | {told[1]} |")


if __name__ == "__main__":
    main()
