"""Makes what every page of a place has in common: head, colours, and a policy that lets nothing in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from bowerbird.review.palette import DARK, LIGHT, Palette

_HERE: Final = Path(__file__).parent
_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

#: Where a page's pictures come from, as its policy says: nowhere, from within it, from files beside it, or
#: from the server that it came from. A browser takes no file for `'self'`.
NO_PICTURES: Final = ""
INSIDE: Final = "data:"
BESIDE: Final = "file: 'self'"
SERVED: Final = "'self'"

#: Links to other pages: address, text, and whether it is this page.
Nav = Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Around:
    """Links from a page that is one of several: to its neighbours, and to the same of other days."""

    pages: Nav = ()
    days: Nav = ()


ALONE: Final = Around()


def render(name: str, *, title: str, pictures: str = NO_PICTURES, **values: object) -> str:
    """Render `NAME.html` with `NAME.css` beside it; `name` is a path under this folder.

    Words of strangers are escaped. `pictures` says where pictures may come from. `nav` may hold links to
    neighbouring pages as (address, text, whether it is this page).
    """
    css = _css(_HERE / f"{name}.css")
    return _TEMPLATES.get_template(f"{name}.html").render(
        {"nav": (), **values},
        title=title,
        policy=Markup(policy(name, pictures)),  # noqa: S704 - our own words
        # The hash in the content security policy covers exactly the text between the style tags.
        css=Markup(css),  # noqa: S704 - our own file, nothing of the run is in it
    )


def policy(name: str, pictures: str = NO_PICTURES) -> str:
    """Give a page's content security policy: its own style, the pictures it may have, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_css(_HERE / f"{name}.css").encode()).digest()).decode()
    images = f"img-src {pictures}; " if pictures else ""
    return f"default-src 'none'; {images}style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _css(own: Path) -> str:
    parts = (_HERE / "common.css").read_text(encoding="utf-8"), own.read_text(encoding="utf-8")
    return "\n".join(("", colours(), *parts))


def colours() -> str:
    """Give the palette as CSS variables, light and dark."""
    light = f":root {{ color-scheme: light dark; {_variables(LIGHT)} }}"
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return f"{light}\n{dark}"


def _variables(palette: Palette) -> str:
    return " ".join(f"--{name}: {getattr(palette, name)};" for name in Palette.__slots__)
