"""Decides which of two copies of one picture stays: the kept one, unless the other is clearly better.

A copy is clearly better when it has more of the same picture: many more pixels that hold real detail; the
same pixels, clearly less compressed in the same format; or the colours that a grey copy has lost. Sharpness
decides nothing, and bytes decide only between two JPEGs of one size. So nobody gains anything by sharpening,
enlarging, dithering, greying or wrapping a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.filter import traits
from bowerbird.imaging import ImageInfo
from bowerbird.imaging.isolated import Decoder

#: The shorter side, in pixels, at which two copies are looked at as a whole.
SIDE: Final = 448

# Both figures stand above everything that copies have and below what other moments have: docs/copies.md.
_AGREES, _MOVED = 0.75, 0.1
# A picture with fewer levels of colour than this looks grey. A copy with half of the other's has lost colour.
_COLOURFUL, _GREY = 2.0, 1.0
_PALER: Final = 0.5
# A palette or a dither leaves fewer shades than this. A grey photograph has as few, but so have its copies.
_FEW, _FEWER = 1024, 0.5
# Half as many pixels again, or 1.22 times the side. With less, real detail cannot be told from interpolation.
_LARGER: Final = 1.5
_SAME: Final = 0.98
# The other copy must have this many times the structure of the kept copy enlarged to the same size, and at
# least this much of it.
_GAIN, _LEAST = 1.5, 0.03
# A copy is enlarged from something smaller still when, of the structure that both could hold, it has less
# than this part of the kept copy's.
_BLURRED = 0.1
_ROUGHER, _GRAIN = 2.5, 25.0
# Bytes a pixel, steps of quantisation, and the part of the difference that compression must explain.
# Of 20 photographs, compression leaves up to 0.53 of the difference, grading and grain 0.66 and more.
_HEAVIER, _FINER, _EXPLAINED = 1.1, 0.8, 0.6


class Winner(Enum):
    """Who is kept. BOTH: they are two pictures."""

    OLD = "old"
    NEW = "new"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Finding:
    """Who is kept and why, in words and numbers."""

    winner: Winner
    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One copy: its file, what its header says, and the picture, decoded to `SIDE` or more."""

    data: bytes
    info: ImageInfo
    small: Image.Image

    @classmethod
    def of(cls, data: bytes, decoder: Decoder) -> Entry:
        """Decode a file; raises PermanentError when it is not a picture."""
        return cls(data, *decoder.read(data, min_side=SIDE))

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.info.width, self.info.height

    @property
    def pixels(self) -> int:
        """Return how many pixels there are."""
        return self.info.width * self.info.height

    def weight(self) -> float:
        """Return bytes a pixel, of the picture alone."""
        return imaging.weight(self.data, self.info.format) / self.pixels

    def __str__(self) -> str:
        return f"{self.info.width}x{self.info.height}"


def contest(new: Entry, old: Entry, decoder: Decoder = imaging) -> Finding:
    """Compare a copy with the one that is kept. Looks closer only at what may win."""
    agreement, moved = traits.agreement(new.small, old.small)
    if agreement < _AGREES or moved > _MOVED:
        return Finding(Winner.BOTH, f"another moment or view: {agreement:.2f} alike, {moved:.0%} moved")
    new_colour, old_colour = traits.colour(new.small), traits.colour(old.small)
    told = f"colour {new_colour:.1f} against {old_colour:.1f}"
    if old_colour >= _COLOURFUL and new_colour < _PALER * old_colour:
        return _stays(f"it has lost its colours, {told}")
    if new_colour >= _COLOURFUL and old_colour < min(_GREY, _PALER * new_colour):
        return _coloured(new, old, told)
    if new.pixels < _SAME * old.pixels:
        return _stays(f"smaller, {new} against {old}")
    try:
        return _closely(new, old, decoder)
    except PermanentError as error:  # larger than what is decoded whole
        return _stays(f"not compared closely ({error})")


def _stays(why: str) -> Finding:
    return Finding(Winner.OLD, why)


def _coloured(new: Entry, old: Entry, told: str) -> Finding:
    """The kept copy is grey. A smaller copy in colour does not take its place, but is kept beside it."""
    if new.pixels < _SAME * old.pixels:
        return Finding(Winner.BOTH, f"smaller, {new} against {old}, but in colour, {told}")
    return Finding(Winner.NEW, f"it has colours that the other has lost, {told}")


def _closely(new: Entry, old: Entry, decoder: Decoder) -> Finding:
    where = traits.boxes(new.size)
    tiles = traits.cut(decoder.decode(new.data), where)
    whole = decoder.decode(old.data)
    kept = traits.cut(whole, where) if new.size == old.size else traits.enlarged(whole, new.size, where)
    colours, old_colours = traits.colours(tiles), traits.colours(traits.cut(whole, traits.boxes(whole.size)))
    del whole
    if colours < min(_FEW, _FEWER * old_colours):
        return _stays(f"few colours, {colours} against {old_colours}")
    if old_colours < min(_FEW, _FEWER * colours):
        return Finding(Winner.NEW, f"many colours, {colours} against {old_colours}")
    if new.pixels >= _LARGER * old.pixels:
        return _larger(new, old, tiles, kept)
    if new.size != old.size:
        return _stays(f"hardly larger, {new} against {old}")
    return _lighter(new, old, tiles, kept)


def _larger(new: Entry, old: Entry, tiles: list[Image.Image], kept: list[Image.Image]) -> Finding:
    """More pixels count when they hold what enlarging the kept copy would not give."""
    share = (old.pixels / new.pixels) ** 0.5
    rough, smooth = traits.roughness(tiles, share), traits.roughness(kept, share)
    if rough > _ROUGHER * smooth + _GRAIN:
        return _stays(f"larger, {new} against {old}, but rougher, {rough:.0f} against {smooth:.0f}")
    if traits.repeats(tiles):
        return _stays(f"larger, {new} against {old}, but its pixels are repeated")
    (fine, coarse), (kept_fine, kept_coarse) = traits.detail(tiles, share), traits.detail(kept, share)
    # Compared with the structure that both can hold, because sharpening a copy strengthens both parts.
    gained, bar = fine / max(coarse, 1.0), max(_LEAST, _GAIN * kept_fine / max(kept_coarse, 1.0))
    told = f"{gained:.3f} of fine structure, where enlarging gives up to {bar:.3f}"
    if gained < bar or coarse < _BLURRED * kept_coarse:
        return _stays(f"larger, {new} against {old}, but enlarged or blurred, {told}")
    return Finding(Winner.NEW, f"larger, {new} against {old}, with {told}")


def _lighter(new: Entry, old: Entry, tiles: list[Image.Image], kept: list[Image.Image]) -> Finding:
    """Of one size, a new copy wins only if compressing it like the kept one gives the kept one."""
    if new.info.format != old.info.format:
        return _stays(f"as large, and {new.info.format} cannot be held against {old.info.format}")
    step, old_step = traits.quantisation(new.data), traits.quantisation(old.data)
    if step is None or old_step is None:
        return _stays("as large")
    told = (
        f"{new.weight():.2f} bytes a pixel against {old.weight():.2f}, "
        f"steps of {step:.0f} against {old_step:.0f}"
    )
    if new.weight() < _HEAVIER * old.weight() or step > _FINER * old_step:
        return _stays(f"as large and no less compressed, {told}")
    left = traits.explained(tiles, kept, old.data)
    if left > _EXPLAINED:
        return _stays(f"as large, and compression explains only {1 - left:.0%} of the difference")
    return Finding(Winner.NEW, f"as large and less compressed, {told}")
