"""Layouts of picture agencies, shops and estate agents: parts that are drawn over a photograph together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from . import fonts, shapes
from .relief import Relief, lay
from .scene import Picture
from .shapes import Stencil
from .visibility import Visibility

#: A large faint mark is noticed at less contrast than small letters are: these shares of
#: the picture's height, and the quotients (see `visibility`) that marks so tall must reach.
_NOTICED: Final = (0.05, 0.12, 0.25), (2.0, 1.3, 1.0)

_ATTEMPTS: Final = 7

_CLEAREST: Final = 48

_FAINT: Final = Relief(fill=0.3)


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a layout.

    `width` is the figure's share of the picture's width; of a `bar`, `band` or `plate` it is the height's.
    `at` says where it stands in the room that is left over, from (0, 0), the upper left, to (1, 1). With
    `every`, it is repeated at this share of the picture's width.
    """

    figure: str
    words: str = ""
    at: tuple[float, float] = (0.5, 0.5)
    width: float = 0.5
    angle: float = 0.0
    every: float = 0.0
    relief: Relief = _FAINT
    font: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What one owner lays over every picture. `kind` is the row it counts in."""

    name: str
    kind: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The marked picture, the mask of its mark (uint8, HxW), and the best noticed part's quotient."""

    image: Picture
    mask: NDArray[np.uint8]
    noticed: float


def draw(
    picture: Picture,
    layout: Layout,
    letters: fonts.Fonts,
    rng: np.random.Generator,
    *,
    raise_ink: bool = True,
) -> Laid:
    """The picture under the layout. With `raise_ink`, parts are drawn stronger until one can be noticed.

    `rng` draws the fonts that the layout leaves open, and how random figures look.
    """
    seed = int(rng.integers(2**32))
    strength = 1.0
    for _ in range(_ATTEMPTS if raise_ink else 1):
        laid = _once(picture, layout, letters, np.random.default_rng(seed), strength)
        if laid.noticed >= 1:
            break
        strength *= 1.4
    return laid


def _once(
    picture: Picture, layout: Layout, letters: fonts.Fonts, rng: np.random.Generator, strength: float
) -> Laid:
    image, changed, noticed = picture, np.zeros(picture.shape[:2], np.float32), 0.0
    for part in layout.parts:
        stencil = _stencil(part, picture.shape[:2], letters, rng)
        places = _places(part, stencil, picture.shape[:2])
        before = image
        for place in places:
            image, difference = lay(image, stencil, place, part.relief, strength)
            np.maximum(changed, difference, out=changed)
        if part.words or part.figure not in ("bar", "panel"):
            noticed = max(noticed, _noticed(before, changed, stencil, _inmost(places, before, stencil)))
    return Laid(image, np.where(changed >= 3, 255, 0).astype(np.uint8), noticed)  # noqa: PLR2004 - JPEG makes less


def _inmost(places: list[tuple[int, int]], picture: Picture, stencil: Stencil) -> tuple[int, int]:
    # The place whose middle is nearest to the picture's: repeated figures stick out at the edges.
    def far(place: tuple[int, int]) -> int:
        return sum(
            abs(2 * start + side - room)
            for start, side, room in zip(place, stencil.shape, picture.shape[:2], strict=True)
        )

    return min(places, key=far)


def _noticed(
    before: Picture, changed: NDArray[np.float32], stencil: Stencil, place: tuple[int, int]
) -> float:
    height, width = before.shape[:2]
    rows = slice(max(0, place[0]), min(height, place[0] + stencil.shape[0]))
    columns = slice(max(0, place[1]), min(width, place[1] + stencil.shape[1]))
    made = changed[rows, columns]
    if made.size == 0 or made.max() <= 0:
        return 0.0
    # What the relief changes is what can be seen: of an outline, not the letter that it surrounds.
    core = np.clip(made / made.max() * 255, 0, 255).astype(np.uint8)
    quotient = Visibility.of(before, (rows, columns), core).measure(made)[1]
    tall = stencil.shape[0] / height
    return quotient / float(np.interp(tall, *_NOTICED))


def _places(part: Part, stencil: Stencil, shape: tuple[int, int]) -> list[tuple[int, int]]:
    free = [room - side for room, side in zip(shape, stencil.shape, strict=True)]
    top, left = int(free[0] * part.at[1]), int(free[1] * part.at[0])
    if not part.every:
        return [(top, left)]
    across = max(stencil.shape[1] + 4, int(part.every * shape[1]))
    down = max(stencil.shape[0] + 4, int(across * 0.6))
    rows = range(top % down - down, shape[0], down)
    return [
        (y, x)
        for number, y in enumerate(rows)
        for x in range(left % across - across + number % 2 * across // 2, shape[1], across)
    ]


def _stencil(part: Part, shape: tuple[int, int], letters: fonts.Fonts, rng: np.random.Generator) -> Stencil:
    height, width = shape
    size = max(8, int(part.width * width))
    named = letters.named((part.font,), keep=True).files if part.font else ()
    font = named[0] if named else letters.pick(rng)
    if part.figure == "bar":
        return _bar(part, shape, font)
    if part.figure == "band":
        return _band(part, shape, font)
    if part.figure == "word":
        drawn = _scaled(shapes.text(part.words, font, 80), size)
    elif part.figure == "plate":
        drawn = shapes.plaque(_scaled(shapes.text(part.words, font, 60), size), max(2, size // 12))
    elif part.figure == "badge":
        drawn = shapes.logo(rng, size, font, part.words)
    elif part.figure == "panel":
        return np.full((max(8, size // 4), size), 255, np.uint8)
    else:
        # Smaller ones are drawn large enough for their lines first.
        drawn = _scaled(FIGURES[part.figure](max(_CLEAREST, size), rng), size)
        if part.words:
            line = _scaled(shapes.text(part.words, font, 60), int(drawn.shape[1] * 1.3))
            drawn = shapes.stack(drawn, line, gap=max(2, size // 14))
    turned = shapes.turn(drawn, part.angle)
    if turned.shape[0] > height * 0.95:
        turned = _scaled(turned, max(4, int(turned.shape[1] * height * 0.95 / turned.shape[0])))
    return turned


def _scaled(stencil: Stencil, width: int) -> Stencil:
    tall = max(3, round(stencil.shape[0] * width / stencil.shape[1]))
    return np.asarray(Image.fromarray(stencil).resize((max(3, width), tall), Image.Resampling.LANCZOS))


def _bar(part: Part, shape: tuple[int, int], font: object) -> Stencil:
    # A bar across the picture with its line knocked out: what shows through is the picture.
    tall = max(10, int(part.width * shape[0]))
    whole = np.full((tall, shape[1]), 255, np.uint8)
    if part.words:
        line = shapes.text(part.words, font, max(6, int(tall * 0.6)))  # type: ignore[arg-type]
        line = line if line.shape[1] < shape[1] * 0.9 else _scaled(line, int(shape[1] * 0.9))
        top, left = (tall - line.shape[0]) // 2, int((shape[1] - line.shape[1]) * (0.02 + 0.96 * part.at[0]))
        whole[max(0, top) : max(0, top) + line.shape[0], left : left + line.shape[1]] -= line[:tall]
    return whole


def _band(part: Part, shape: tuple[int, int], font: object) -> Stencil:
    # A slanted band across the whole picture, with its words repeated in it.
    tall = max(12, int(part.width * shape[0]))
    long = int(math.hypot(*shape) * 1.1)
    word = shapes.text(part.words, font, int(tall * 0.6))  # type: ignore[arg-type]
    band = np.full((tall, long), 255, np.uint8)
    top = (tall - word.shape[0]) // 2
    for left in range(0, long - word.shape[1], word.shape[1] + tall):
        band[max(0, top) : max(0, top) + word.shape[0], left : left + word.shape[1]] -= word[:tall]
    turned = shapes.turn(band, part.angle)
    top, left = max(0, (turned.shape[0] - shape[0]) // 2), max(0, (turned.shape[1] - shape[1]) // 2)
    return turned[top : top + shape[0], left : left + shape[1]]


def _canvas(size: int, tall: float = 1.0) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    canvas = Image.new("L", (size * 2, int(size * 2 * tall)))
    return canvas, ImageDraw.Draw(canvas)


def _done(canvas: Image.Image) -> Stencil:
    return np.asarray(canvas.resize((canvas.width // 2, canvas.height // 2), Image.Resampling.BOX))


def _house(size: int, rng: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size, 0.9)
    wide, tall = canvas.size
    eaves, ridge = tall * rng.uniform(0.4, 0.55), tall * rng.uniform(0.02, 0.15)
    roof = [(wide * 0.02, eaves), (wide * rng.uniform(0.4, 0.6), ridge), (wide * 0.98, eaves)]
    line = max(3, int(wide * rng.uniform(0.03, 0.08)))
    walls = (wide * 0.15, eaves, wide * 0.85, tall * 0.98)
    chimney = (wide * 0.7, tall * 0.12, wide * 0.78, eaves)
    if rng.random() < 0.5:  # noqa: PLR2004 - half are solid
        pen.rectangle(chimney, fill=255)
        pen.polygon(roof, fill=255)
        pen.rectangle(walls, fill=255)
        pen.rectangle((wide * 0.42, tall * 0.65, wide * 0.58, tall * 0.98), fill=0)
    else:
        pen.line(roof, fill=255, width=line, joint="curve")
        pen.line(
            [(walls[0], eaves), (walls[0], walls[3]), (walls[2], walls[3]), (walls[2], eaves)], 255, line
        )
        if rng.random() < 0.5:  # noqa: PLR2004 - half have a chimney
            pen.rectangle(chimney, fill=255)
    for column in range(int(rng.integers(0, 3))):
        left = wide * (0.24 + 0.36 * column)
        pen.rectangle(
            (left, tall * 0.6, left + wide * 0.14, tall * 0.75), fill=0, outline=255, width=line // 2
        )
    return _done(canvas)


def _skyline(size: int, rng: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size, 0.5)
    wide, tall = canvas.size
    edges = np.linspace(0, wide, int(rng.integers(5, 11)))
    for left, right in pairwise(edges):
        pen.rectangle((left + 2, tall * rng.uniform(0.05, 0.7), right - 2, tall), fill=255)
    return _done(canvas)


def _pin(size: int, _: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size, 1.4)
    wide, tall = canvas.size
    pen.polygon([(wide * 0.07, wide * 0.62), (wide * 0.93, wide * 0.62), (wide / 2, tall)], fill=255)
    pen.ellipse((0, 0, wide, wide), fill=255)
    pen.ellipse((wide * 0.3, wide * 0.3, wide * 0.7, wide * 0.7), fill=0)
    return _done(canvas)


def _swirl(size: int, rng: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size)
    turns = np.linspace(0.2, rng.uniform(2, 3.5) * 2 * math.pi, 160)
    radius = turns / turns[-1] * size * 0.92
    points = [(size + r * math.cos(t), size + r * math.sin(t)) for r, t in zip(radius, turns, strict=True)]
    pen.line(points, fill=255, width=max(3, int(size * rng.uniform(0.05, 0.12))), joint="curve")
    return _done(canvas)


def _ring(size: int, rng: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size)
    line = max(3, int(size * rng.uniform(0.06, 0.3)))
    pen.ellipse((2, 2, 2 * size - 2, 2 * size - 2), outline=255, width=line)
    gap = size * rng.uniform(0.5, 0.7)
    pen.ellipse((gap, gap, 2 * size - gap, 2 * size - gap), outline=255, width=max(2, line // 2))
    return _done(canvas)


def _petals(size: int, rng: np.random.Generator) -> Stencil:
    canvas, pen = _canvas(size)
    count = int(rng.integers(3, 8))
    for turn in np.linspace(0, 2 * math.pi, count, endpoint=False):
        x, y = size + size * 0.5 * math.cos(turn), size + size * 0.5 * math.sin(turn)
        reach = size * rng.uniform(0.28, 0.42)
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=255, width=max(3, size // 20))
    return _done(canvas)


def _rays(size: int, _: np.random.Generator) -> Stencil:
    # Lines from corner to corner, as thin as agencies draw them.
    canvas, pen = _canvas(size, 0.66)
    wide, tall = canvas.size
    thick = max(2, size // 180)
    pen.line((0, 0, wide, tall), fill=255, width=thick)
    pen.line((0, tall, wide, 0), fill=255, width=thick)
    return _done(canvas)


#: What a part may show beside words; each takes a width in pixels and a generator.
FIGURES: Final = {
    "house": _house,
    "skyline": _skyline,
    "pin": _pin,
    "swirl": _swirl,
    "ring": _ring,
    "petals": _petals,
    "rays": _rays,
}
