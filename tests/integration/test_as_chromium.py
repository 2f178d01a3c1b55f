"""Bowerbird sees what a browser shows: every odd file that we can make, beside the real Chromium."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Browser

from tests.integration.chromium import APART, recorded, seen, shown
from tests.odd_pictures import corpus


def test_every_odd_file_looks_as_in_chromium(browser: Browser) -> None:
    page = browser.new_page()
    shown_there = {name: shown(page, data) for name, data in corpus().items()}
    page.close()
    apart = {
        name: difference
        for name, theirs in shown_there.items()
        if theirs is not None and (difference := float(np.abs(theirs - seen(corpus()[name])).mean())) >= APART
    }
    assert apart == {}
    # What is written down for machines without a browser is what this one shows.
    assert {name for name, look in recorded().items() if look is None} == {
        name for name, look in shown_there.items() if look is None
    }
