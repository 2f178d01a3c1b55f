"""One real browser for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.integration.chromium import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    with launched() as found:
        if found is None:
            pytest.skip("no Chromium: apt-get install chromium")
        yield found
