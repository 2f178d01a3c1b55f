"""What Chromium shows of a file, and what Bowerbird sees: 64 x 64 colours of the whole picture, over white.

python -m tests.integration.chromium FOLDER   compare a folder's files; exit status 1: one differs
python -m tests.integration.chromium --record write down what Chromium shows of `tests.odd_pictures`
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from tests.odd_pictures import corpus

Floats = NDArray[np.floating]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
#: How long a page may take for anything.
PATIENCE_MS: Final = 120_000
SIDE: Final = 64
#: The mean difference, of 255, from which on two looks are not the same.
APART: Final = 8.0
#: What Chromium shows of `tests.odd_pictures`, 4 x 4 colours each; null: nothing.
RECORDED: Final = Path(__file__).parents[1] / "unit" / "imaging" / "chromium.json"
_RECORDED_SIDE: Final = 4

_LOOK: Final = """async ([text, side]) => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([bytes]));
    try { await image.decode(); } catch { return null; } finally { URL.revokeObjectURL(image.src); }
    const canvas = new OffscreenCanvas(side, side), pen = canvas.getContext('2d');
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, side, side);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, side, side);
    return btoa(String.fromCharCode(...pen.getImageData(0, 0, side, side).data));
}"""


@contextmanager
def launched() -> Iterator[Browser | None]:
    """The system's Chromium, headless, as Playwright brings none; None where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        # On a busy machine a page takes its time; what never comes is found out later, that is all.
        expect.set_options(timeout=PATIENCE_MS)
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE_MS))
        yield browser
        browser.close()


def come_true(page: Page, script: str) -> None:
    """Wait for what a script says, asked from here: `wait_for_function` asks where a page forbids it."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(script):
        assert time.monotonic() < end, f"it never came true: {script}"
        page.wait_for_timeout(50)


def shown(page: Page, data: bytes) -> Floats | None:
    """`SIDE` x `SIDE` x 3 values from 0 to 255; None when Chromium does not show the file."""
    text = page.evaluate(_LOOK, [base64.b64encode(data).decode(), SIDE])
    if text is None:
        return None
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(SIDE, SIDE, 4)[:, :, :3].astype(np.float32)


def seen(data: bytes) -> Floats:
    """The same of what the filter decodes; raises PermanentError."""
    image = imaging.decode(data).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(image, np.float32)


def coarse(values: Floats) -> Floats:
    """The means of 4 x 4 blocks."""
    block = SIDE // _RECORDED_SIDE
    return values.reshape(_RECORDED_SIDE, block, _RECORDED_SIDE, block, 3).mean((1, 3))


def recorded() -> Mapping[str, Floats | None]:
    """What is written down."""
    told = json.loads(RECORDED.read_text())
    return {name: None if each is None else np.array(each, np.float32) for name, each in told.items()}


def _record(page: Page) -> None:
    told = {}
    for name, data in corpus().items():
        look = shown(page, data)
        told[name] = None if look is None else coarse(look).round().astype(int).tolist()
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(each, separators=(',', ':'))}" for name, each in told.items()
    )
    RECORDED.write_text("{\n" + lines + "\n}\n")


def _compare(page: Page, folder: Path) -> int:
    apart = 0
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        if imaging.sniff(data) is None:
            continue
        theirs = shown(page, data)
        try:
            ours, word = seen(data), ""
        except PermanentError as error:
            ours, word = None, str(error)
        if theirs is None or ours is None:
            told = "Chromium shows nothing" if theirs is None else word
            bad = theirs is not None
        else:
            difference = float(np.abs(theirs - ours).mean())
            told, bad = f"{difference:.1f}", difference >= APART
        apart += bad
        print(f"{'DIFFERS' if bad else '       '} {path.relative_to(folder)}: {told}")
    return apart


def main() -> int:
    """Compare or record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    with launched() as browser:
        if browser is None:
            parser.error("no Chromium: apt-get install chromium")
        page = browser.new_page()
        if args.record:
            _record(page)
        return 1 if args.folder and _compare(page, args.folder) else 0


if __name__ == "__main__":
    sys.exit(main())
