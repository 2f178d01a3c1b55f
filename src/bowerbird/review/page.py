"""Makes what every one-file page has in common: head, colours, and a policy that lets nothing in."""

from __future__ import annotations

import base64
import hashlib
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


def render(name: str, *, title: str, pictures: bool = False, **values: object) -> str:
    """Render `NAME.html` with `NAME.css` beside it; `name` is a path under this folder.

    Words of strangers are escaped. `pictures` allows pictures that are part of the page itself.
    """
    css = _css(_HERE / f"{name}.css")
    return _TEMPLATES.get_template(f"{name}.html").render(
        values,
        title=title,
        pictures=pictures,
        # The hash in the content security policy covers exactly the text between the style tags.
        css=Markup(css),  # noqa: S704 - our own file, nothing of the run is in it
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
    )


def _css(own: Path) -> str:
    light = f":root {{ {_variables(LIGHT)} }}"
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return "\n".join(("", light, dark, own.read_text(encoding="utf-8")))


def _variables(colours: Palette) -> str:
    return " ".join(f"--{name}: {getattr(colours, name)};" for name in Palette.__slots__)
