"""What stands on a page can be read: WCAG 2.2, 1.4.3 (text, 4.5:1) and 1.4.11 (what can be pressed, 3:1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bowerbird
from bowerbird.review.palette import DARK, LIGHT, Palette

SOURCES = Path(bowerbird.__file__).parent
#: Pages that have colours of their own.
STYLES = [path for path in sorted(SOURCES.rglob("*.css")) if "--paper:" in path.read_text()]


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def weak(colours: dict[str, str]) -> dict[str, float]:
    """The pairs that are too alike."""
    wanted = {
        (text, behind): 4.5 for text in ("ink", "faint", "kept", "rejected") for behind in ("paper", "tile")
    }
    wanted |= {("edge", behind): 3.0 for behind in ("paper", "tile")}
    wanted |= {("on", behind): 4.5 for behind in ("kept", "rejected")}
    found = {
        f"{one} on {other}": (contrast(colours[one], colours[other]), least)
        for (one, other), least in wanted.items()
        if one in colours
    }
    return {pair: measured for pair, (measured, least) in found.items() if measured < least}


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)
    assert weak({"paper": "#f6f4ef", "tile": "#fff", "ink": "#000", "faint": "#000", "kept": "#000"} | {
        "rejected": "#b9552c"}) == {"rejected on paper": pytest.approx(4.34, abs=0.01)}  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_palette_can_be_read(palette: Palette) -> None:
    assert weak({name: getattr(palette, name) for name in Palette.__slots__}) == {}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_page_with_its_own_colours_can_be_read(path: Path) -> None:
    blocks = [block for block in re.findall(r"\{([^{}]*)\}", path.read_text()) if "--paper:" in block]
    assert len(blocks) == 2  # light and dark
    for block in blocks:
        assert weak(dict(re.findall(r"--(\w+):\s*(#[0-9a-fA-F]+)", block))) == {}
