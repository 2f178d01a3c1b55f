"""Photographs pages as people see them: on a phone and on a desk, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.integration.chromium import come_true, launched

SIZES: Final = {"390": {"width": 390, "height": 844}, "1440": {"width": 1440, "height": 900}}
SCHEMES: Final = ("light", "dark")
#: Pages that ask for what they show say when they have it.
_READY: Final = """() => document.body.dataset.ready || location.pathname.startsWith('/try/')
    || !document.querySelector('script[type=module]')"""


def photograph(pages: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """Photograph pages, by name and address, whole; yields the files, none without Chromium."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        if browser is None:
            return
        for (size, viewport), scheme in product(SIZES.items(), SCHEMES):
            context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            for name, address in pages.items():
                page.goto(address)
                _settle(page)
                file = folder / f"{name}-{size}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
                yield file
            context.close()


def _settle(page: Page) -> None:
    """Wait until a page shows everything, the pictures below the fold, too."""
    come_true(page, _READY)
    page.evaluate("""async () => {
        for (const each of document.images) each.loading = 'eager';
        const shown = [...document.images].filter(each => each.src && !each.complete);
        await Promise.all(shown.map(each => new Promise(done => { each.onload = each.onerror = done; })));
    }""")
