"""What stands around the pixels of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: A longer colour profile is not read. The heaviest that printers' profiles come in have 4 MB.
MAX_PROFILE_BYTES: Final = 8 * 1024 * 1024

#: x and y of red, green and blue, then of white.
Chromaticities = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Colour:
    """What a file says of its colours; to be believed in this order, whatever is sound.

    `code_points` are H.273's numbers of primaries and transfer, and `profile` is an ICC profile. `gamma` is
    the exponent that turns numbers into light.
    """

    code_points: tuple[int, int] | None = None
    profile: bytes | None = None
    gamma: float | None = None
    chromaticities: Chromaticities | None = None


#: A file that says nothing means sRGB.
PLAIN: Final = Colour()


@dataclass(frozen=True, slots=True)
class Shell:
    """A file that was taken apart.

    `data` is a file with nothing but pixels, and `orientation` is EXIF's, 1 to 8; None: the decoder tells. A
    JPEG without its end marker has one in `data`. `otherwise` is then the same file with other bytes between
    its last one and the end marker. Both decode to the same pixels if, and only if, none is missing.
    `whole` is False when something is already known to be missing.
    """

    data: bytes
    orientation: int | None = 1
    colour: Colour = field(default=PLAIN)
    otherwise: bytes | None = None
    whole: bool = True
