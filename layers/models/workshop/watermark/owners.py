"""Random owners to learn from: layouts of agencies, shops and estate agents, with invented names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from . import words
from .agency import FIGURES, Layout, Part
from .chance import happens
from .relief import BLACK, WHITE, Relief

_REDS: Final = ((200, 20, 30), (220, 90, 20), (20, 60, 150), (20, 120, 60), (240, 190, 30), (120, 20, 110))
_DIGITS: Final = ((255, 140, 20), (255, 200, 60), (250, 250, 250), (230, 60, 30))
_WORDS: Final = ("PREVIEW", "SAMPLE", "COPYRIGHT", "PROOF", "DEMO")


def owner(rng: np.random.Generator) -> Layout:
    """A layout of a random kind; large faint marks come most, because they are missed most."""
    kind = str(rng.choice(list(_KINDS), p=[share for share, _ in _KINDS.values()]))
    return Layout("random", kind, tuple(_KINDS[kind][1](rng)))


def faint(rng: np.random.Generator, low: float = 0.05, high: float = 0.35) -> Relief:
    """A relief of a large mark: of one to three effects, none stronger than `high`."""
    strength = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    dark = -1 if happens(rng, 0.35) else 1
    style = int(rng.integers(6))
    soft = float(rng.uniform(0, 0.03)) if happens(rng, 0.4) else 0.0
    thick = float(rng.uniform(0.015, 0.07))
    colour = _colour(rng, dark < 0)
    if style == 0:  # plain
        return Relief(fill=strength, soft=soft, colour=colour)
    if style == 1:  # an outline, hardly filled
        return Relief(
            fill=strength * rng.uniform(0, 0.4),
            outline=dark * strength * 1.3,
            soft=soft,
            thick=thick,
            colour=colour,
        )
    if style == 2:  # embossed  # noqa: PLR2004
        return Relief(
            bevel=strength * 1.8, fill=strength * rng.uniform(0, 0.3), soft=soft, thick=thick, colour=colour
        )
    if style == 3:  # cut into the picture  # noqa: PLR2004
        return Relief(
            inner=-strength * 1.5,
            glow=strength * rng.uniform(0, 1),
            fill=strength * rng.uniform(0, 0.5),
            thick=thick,
            colour=colour,
        )
    if style == 4:  # on a shadow of its own  # noqa: PLR2004
        return Relief(
            fill=strength, glow=-dark * strength * rng.uniform(0.4, 1), soft=soft, thick=thick, colour=colour
        )
    return Relief(
        fill=strength * 0.7,
        outline=-dark * strength,
        bevel=strength * rng.uniform(0, 1),
        thick=thick,
        colour=colour,
    )


def clear(rng: np.random.Generator) -> Relief:
    """A relief of a small mark: letters of 35 to 100 %, at times with an edge or a shadow."""
    edge = rng.choice([-1.0, 0.0, 0.0, 0.0, 1.0])
    dark = happens(rng, 0.25)
    return Relief(
        fill=float(rng.uniform(0.35, 1)),
        outline=0.6 * float(edge) if happens(rng, 0.3) else 0.0,
        glow=float(rng.uniform(-0.8, -0.2)) if happens(rng, 0.3) and not dark else 0.0,
        soft=float(rng.uniform(0, 0.05)) if happens(rng, 0.3) else 0.0,
        thick=0.06,
        colour=_colour(rng, dark),
    )


def _colour(rng: np.random.Generator, dark: bool) -> tuple[int, int, int]:
    if happens(rng, 0.2):
        return _REDS[rng.integers(len(_REDS))]
    shade = int(rng.integers(0, 60)) if dark else int(rng.integers(190, 256))
    return (shade, shade, shade)


def _word(rng: np.random.Generator) -> str:
    text = str(
        rng.choice(
            [
                words.name(rng),
                words.stock(rng),
                f"{words.name(rng)} {words.name(rng)}",
                words.name(rng) + "stock",
            ]
        )
    )
    if happens(rng, 0.15):
        text = str(rng.choice(_WORDS))
    text = text.upper() if happens(rng, 0.5) else text
    return " ".join(text) if happens(rng, 0.1) else text


def _middle(rng: np.random.Generator) -> tuple[float, float]:
    if happens(rng, 0.7):
        return 0.5, 0.5
    return float(rng.uniform(0.15, 0.85)), float(rng.uniform(0.2, 0.8))


def _corner(rng: np.random.Generator) -> tuple[float, float]:
    gap = float(rng.uniform(0.0, 0.05))
    across = float(rng.choice([gap, 1 - gap, 1 - gap, 0.5]))
    return across, 1 - gap if happens(rng, 0.75) else gap


def _angle(rng: np.random.Generator, turned: float) -> float:
    return float(rng.choice([30, 45, -30, 20, rng.uniform(-45, 45)])) if happens(rng, turned) else 0.0


def _centre_word(rng: np.random.Generator) -> list[Part]:
    at, width = _middle(rng), float(rng.uniform(0.25, 0.85))
    return [Part("word", _word(rng), at, width, _angle(rng, 0.25), relief=faint(rng))]


def _centre_figure(rng: np.random.Generator) -> list[Part]:
    figure = str(rng.choice([*FIGURES, "badge", "house", "house", "skyline"]))
    named = "" if happens(rng, 0.25) and figure != "badge" else _word(rng)
    width = float(rng.uniform(0.2, 0.55))
    return [Part(figure, named, _middle(rng), width, relief=faint(rng))]


def _tiled(rng: np.random.Generator) -> list[Part]:
    relief, word = faint(rng, 0.1, 0.5), _word(rng)
    width, every = float(rng.uniform(0.04, 0.3)), float(rng.uniform(0.15, 0.4))
    figure = str(rng.choice(["word", "word", "word", "house", "ring", "swirl", "petals"]))
    parts = [
        Part(figure, word if figure == "word" else "", (0.3, 0.2), width, _angle(rng, 0.5), every, relief)
    ]
    if happens(rng, 0.4):
        parts.append(Part("word", word[:1], (0.6, 0.6), 0.03, every=every * 0.5, relief=relief))
    return parts + (_footer(rng) if happens(rng, 0.3) else [])


def _stock(rng: np.random.Generator) -> list[Part]:
    relief, word = faint(rng, 0.1, 0.5), _word(rng)
    parts = [Part("word", word, (0.5, 0.5), float(rng.uniform(0.3, 0.8)), _angle(rng, 0.3), relief=relief)]
    if happens(rng, 0.5):
        parts.append(Part("rays", width=1.0, relief=Relief(fill=float(rng.uniform(0.1, 0.5)))))
    if happens(rng, 0.4):
        parts.append(
            Part("swirl", at=(0.1, 0.2), width=0.12, every=float(rng.uniform(0.25, 0.5)), relief=relief)
        )
    return parts + (_footer(rng) if happens(rng, 0.6) else [])


def _footer(rng: np.random.Generator) -> list[Part]:
    shade = int(rng.choice([0, 255, 255, int(rng.integers(256))]))
    colour = _REDS[rng.integers(len(_REDS))] if happens(rng, 0.25) else (shade, shade, shade)
    bar = Part(
        "bar", at=(0.5, 1.0), width=float(rng.uniform(0.04, 0.09)), relief=Relief(fill=1.0, colour=colour)
    )
    ink = BLACK if sum(colour) > 3 * 128 else WHITE
    line = str(
        rng.choice([f"{words.url(rng)} · {rng.integers(10**6, 10**9)}", words.credit(rng), words.url(rng)])
    )
    wide = float(rng.uniform(0.2, 0.5))
    return [
        bar,
        Part(
            "word",
            line,
            (float(rng.choice([0.02, 0.5, 0.98])), 0.993),
            wide,
            relief=Relief(fill=1.0, colour=ink),
        ),
    ]


def _bar(rng: np.random.Generator) -> list[Part]:
    if happens(rng, 0.5):
        return _footer(rng)
    relief = Relief(fill=float(rng.uniform(0.15, 0.7)), colour=_colour(rng, dark=happens(rng, 0.6)))
    at = float(rng.uniform(0, 1)), float(rng.choice([0.0, 1.0, 0.97, 0.5, 0.75]))
    return [Part("bar", _word(rng), at, float(rng.uniform(0.05, 0.14)), relief=relief)]


def _band(rng: np.random.Generator) -> list[Part]:
    relief = Relief(fill=float(rng.uniform(0.06, 0.4)), colour=_colour(rng, dark=happens(rng, 0.4)))
    angle = float(rng.choice([30, 45, -30, -45, 35]))
    return [Part("band", _word(rng), width=float(rng.uniform(0.06, 0.2)), angle=angle, relief=relief)]


def _plate(rng: np.random.Generator) -> list[Part]:
    colour = _REDS[rng.integers(len(_REDS))] if happens(rng, 0.4) else _colour(rng, dark=happens(rng, 0.5))
    relief = Relief(fill=float(rng.uniform(0.25, 1)), colour=colour)
    return [Part("plate", _word(rng), _corner(rng), float(rng.uniform(0.05, 0.25)), relief=relief)]


def _credit(rng: np.random.Generator) -> list[Part]:
    # A dark see-through box with a name in it, and whose picture it is below.
    at = float(rng.uniform(0.3, 1)), float(rng.uniform(0.4, 0.95))
    ground = Relief(fill=float(rng.uniform(0.2, 0.55)), colour=_colour(rng, dark=True))
    wide = float(rng.uniform(0.2, 0.4))
    lines = _word(rng) + "\n" + f"Credit: {words.name(rng)} {words.name(rng)}"
    return [
        Part("panel", at=at, width=wide * 1.1, relief=ground),
        Part("word", lines, at, wide, relief=clear(rng)),
    ]


def _small_word(rng: np.random.Generator) -> list[Part]:
    line = str(
        rng.choice(
            [
                _word(rng),
                words.credit(rng),
                words.url(rng),
                f"© {rng.integers(2005, 2026)} {words.name(rng).upper()}",
            ]
        )
    )
    return [Part("word", line, _corner(rng), float(rng.uniform(0.07, 0.3)), relief=clear(rng))]


def _emblem(rng: np.random.Generator) -> list[Part]:
    figure = str(rng.choice([*(each for each in FIGURES if each != "rays"), "badge", "house", "house"]))
    named = _word(rng) if figure == "badge" or happens(rng, 0.4) else ""
    relief = clear(rng)
    if happens(rng, 0.4):
        relief = Relief(fill=float(rng.uniform(0.5, 1)), colour=_REDS[rng.integers(len(_REDS))])
    return [Part(figure, named, _corner(rng), float(rng.uniform(0.05, 0.16)), relief=relief)]


def _date(rng: np.random.Generator) -> list[Part]:
    year, month, day = int(rng.integers(1998, 2026)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    line = str(
        rng.choice(
            [
                f"{year}/{month:02}/{day:02}",
                f"{day:02}.{month:02}.{year}",
                f"{month} {day} '{year % 100:02}",
                f"{year}-{month:02}-{day:02} {rng.integers(24):02}:{rng.integers(60):02}",
            ]
        )
    )
    relief = Relief(fill=float(rng.uniform(0.7, 1)), soft=0.03, colour=_DIGITS[rng.integers(len(_DIGITS))])
    return [
        Part(
            "word",
            line,
            (float(rng.choice([0.97, 0.97, 0.03])), 0.96),
            float(rng.uniform(0.12, 0.3)),
            relief=relief,
        )
    ]


#: Kinds of layouts, how often each comes, and what draws its parts.
_KINDS: Final[dict[str, tuple[float, Callable[[np.random.Generator], list[Part]]]]] = {
    "centre word": (0.23, _centre_word),
    "centre figure": (0.19, _centre_figure),
    "tiled": (0.09, _tiled),
    "stock": (0.1, _stock),
    "bar": (0.06, _bar),
    "band": (0.05, _band),
    "plate": (0.05, _plate),
    "credit": (0.04, _credit),
    "small word": (0.1, _small_word),
    "emblem": (0.07, _emblem),
    "date": (0.02, _date),
}
