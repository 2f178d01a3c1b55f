"""The whole pipeline, offline: the embedded host mines the recorded hour and draws its contact sheet."""

from __future__ import annotations

from pathlib import Path

from bowerbird.adapters.place import open_place
from bowerbird.crawl.sources import open_source
from bowerbird.demo.host_answers import HOUR, read_answers
from bowerbird.demo.server import serving
from bowerbird.host.mine import RunOptions, mine, print_summary
from bowerbird.host.wiring import HostOptions
from bowerbird.models.bundle import load
from bowerbird.review.sheet import SheetFiles, write_sheet
from bowerbird.review.sheet.histogram import reference_of


def run_demo(out: Path, bundle: str) -> SheetFiles:
    """Mine the recorded hour into a folder, and write its sheet there. A second run finds everything decided.

    Raises:
        UsageError: the folder cannot be written to.
        BundleError: the bundle is missing or damaged.
    """
    place = open_place(str(out))
    with serving(read_answers(HOUR / "answers.json")) as gateway:
        source = open_source(f"replay:{HOUR / 'hour.jsonl'}")
        result = mine(source, place, HostOptions(bundle=bundle, gateway=gateway), RunOptions())
    print_summary(result, place)
    return write_sheet(
        place.store,
        Path(place.name) / "sheet",
        reference=reference_of(load(bundle)),
        title="One recorded hour",
    )
