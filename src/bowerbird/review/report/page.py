"""The report as one HTML file: no script, no network, nothing beside it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from bowerbird.core.yields import Yield, Yields
from bowerbird.review.sheet.palette import DARK, LIGHT, Palette

# More rows than anybody reads; `--json` has them all.
_MOST_ROWS: Final = 40
_MOST_DAYS: Final = 120

_HERE: Final = Path(__file__).parent
_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_HEADINGS: Final = {"community": "Communities", "author": "Authors", "host": "Hosts"}


def render_page(yields: Yields, title: str) -> str:
    """The whole page; everything that strangers wrote is escaped."""
    css = _css()
    sections = [
        (heading, yields.by[dimension][:_MOST_ROWS], len(yields.by[dimension]))
        for dimension, heading in _HEADINGS.items()
    ]
    days = yields.by["day"][-_MOST_DAYS:]
    return _TEMPLATES.get_template("yields.html").render(
        title=title,
        yields=yields,
        sections=sections,
        days=days,
        busiest=max((day.seen for day in days), default=1),
        reasons=reasons,
        # The policy's hash covers exactly what stands between the style tags.
        css=Markup(css),  # noqa: S704 - our own file, nothing of the run is in it
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
    )


def reasons(row: Yield, most: int = 3) -> str:
    """The most frequent reasons of a row in words."""
    first = [f"{count:,} {word}" for word, count in list(row.rejected.items())[:most]]
    rest = sum(list(row.rejected.values())[most:])
    return ", ".join([*first, f"{rest:,} other"] if rest else first)


def _css() -> str:
    light = f":root {{ {_variables(LIGHT)} }}"
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return "\n".join(("", light, dark, (_HERE / "yields.css").read_text(encoding="utf-8")))


def _variables(colours: Palette) -> str:
    return " ".join(f"--{name}: {getattr(colours, name)};" for name in Palette.__slots__)
