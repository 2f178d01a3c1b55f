"""The page of a training, on a phone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from bowerbird.demo.served_pictures import PHOTOGRAPHS
from bowerbird.models.densities import unit
from bowerbird.training import fit, mixtures, report
from bowerbird.training.findings import Findings
from bowerbird.training.sample import Sample
from bowerbird.training.training import contenders

PICTURES = 20


def test_names_without_end_do_not_make_it_wider_than_a_phone(browser: Browser, tmp_path: Path) -> None:
    photograph, names = PHOTOGRAPHS / "canyon-wren.jpg", []
    for number in range(PICTURES):
        names.append(tmp_path / f"{'Photographer+Collection_' * 6}{number}.jpg")
        shutil.copy(photograph, names[-1])
    vectors = unit(np.random.default_rng(0).normal(size=(PICTURES, 16)).astype(np.float32))
    none = vectors[:0]
    trials = list(mixtures.compare(vectors))
    best = max(trials, key=lambda trial: trial.heldout)
    fitted = fit.fit(
        Sample(vectors, none, np.empty(0, np.int64), none), contenders(best, None), keep_rate=0.9
    )
    found = Findings(
        tmp_path, 0.9, fitted.novelty.threshold, names, np.asarray(fitted.novelty.reference["heldout"])
    )
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(report.write(found, trials, fitted).as_uri())
    assert page.get_by_text("Photographer+Collection_").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
