"""The fonts marks are drawn with: free ones that come with Python packages, and any folder given."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import distributions
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import ImageFont

#: Marks need these; symbol fonts lack them and are left out.
ALPHABET = string.ascii_letters + string.digits + "©.-&@/"

# Families that look handwritten, by the first letters of their files.
_SCRIPTS = (
    "AmaticSC",
    "Breip",
    "DancingScript",
    "Delphine",
    "Ecolier",
    "Intuitive",
    "Kristi",
    "LobsterTwo",
    "Rufscript",
    "SteveHand",
    "Z003",
    "breipfont",
    "dkg",
    "femkeklaver",
)

# These claim to have letters, but draw them as symbols or boxes.
_SYMBOLS = ("D050000L", "LastResort", "StandardSymbols", "cmex10", "cmmi10", "cmsy10")


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font files to draw with; `script` are the handwritten ones among `files`."""

    files: tuple[Path, ...]
    script: tuple[Path, ...]

    def pick(self, rng: np.random.Generator) -> Path:
        """Picks any font."""
        return self.files[rng.integers(len(self.files))]

    def pick_script(self, rng: np.random.Generator) -> Path:
        """Picks a handwritten font."""
        return self.script[rng.integers(len(self.script))]

    def named(self, families: tuple[str, ...], *, keep: bool) -> Fonts:
        """Only the families whose files start with these, or (`keep` false) all but them."""
        files = tuple(path for path in self.files if path.name.startswith(families) is keep)
        return Fonts(files, tuple(path for path in self.script if path in files))


@cache
def installed(extra: Path | None = None) -> Fonts:
    """Usable fonts in a fixed order: matplotlib's, those of installed `font-*` packages, those under `extra`.

    A seed draws something else where other fonts are installed.
    """
    folders = [Path(mpl.get_data_path()) / "fonts" / "ttf", *_packaged(), *([extra] if extra else [])]
    found: dict[str, Path] = {}
    for path in (path for folder in folders for path in sorted(folder.rglob("*.[to]tf"))):
        if path.is_file() and not path.name.startswith(_SYMBOLS):
            found.setdefault(path.stem, path)
    files = tuple(path for path in found.values() if _draws_text(path))
    if not files:
        raise FileNotFoundError(
            f"no usable fonts in {folders}: install matplotlib, or give a folder of fonts"
        )
    return Fonts(files, tuple(path for path in files if path.name.startswith(_SCRIPTS)))


def _packaged() -> list[Path]:
    # https://github.com/pimoroni/fonts-python names its packages font-<family>.
    packages = [each for each in distributions() if each.metadata["Name"].startswith("font-")]
    return sorted(Path(str(each.locate_file(each.metadata["Name"].replace("-", "_")))) for each in packages)


def _draws_text(path: Path) -> bool:
    # A font draws a glyph that it lacks as the box that an unassigned code point gets.
    font = load(path, 24)
    absent = bytes(font.getmask("\U0010fffe"))
    return all(bytes(font.getmask(char)) not in (absent, b"") for char in ALPHABET)


@lru_cache(maxsize=512)
def load(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Loads the font at `size` pixels an em."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
