"""Writes the pages of docs/ that are made from the code: `make docs`, or `python -m infra.docs`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from bowerbird.core.reasons import Word
from bowerbird.host.service import UNITS, Installed, unit
from infra import configuration, tables

ROOT: Final = Path(__file__).parents[1]


def reasons_page() -> str:
    """Make the page that explains each word of a reason."""
    rows = "".join(f"| `{word.value}` | {word.meaning} |\n" for word in Word)
    return f"""# Reasons

Every decision has a reason, and so has every post that gave no candidate: one of these words, then what was
seen, as in `too-small: 640x480 is 307200 pixels, less than 1310720`. Programs may rely on the words; the text
after the colon is for people.

This page is made from `src/bowerbird/core/reasons.py`: change that, then run `make docs`.

| word | what it means |
| --- | --- |
{rows}"""


def configuration_page() -> str:
    """Make the page that explains each key of bowerbird.toml."""
    return configuration.page()


def units() -> dict[str, Callable[[], str]]:
    """Make the system's units, by where infra/home keeps them."""
    installed = Installed("/opt/bowerbird/bin/bowerbird", "/etc/bowerbird/bowerbird.toml")
    return {f"infra/home/{name}": partial(unit, name, installed, system=True) for name in UNITS}


#: Each page's path, and what writes it.
PAGES: Final[dict[str, Callable[[], str]]] = {
    "docs/reasons.md": reasons_page,
    "docs/configuration.md": configuration_page,
    **units(),
}


def main() -> None:
    """Write every page, and the tables within others."""
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
    tables.renew_all()


if __name__ == "__main__":
    main()
