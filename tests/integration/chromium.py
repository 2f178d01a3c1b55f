"""What Chromium shows of a file: 64 x 64 colours of the whole picture, over white."""

from __future__ import annotations

import base64
from typing import Final

import numpy as np
from playwright.sync_api import Page

SIDE: Final = 64

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
    return Array.from(pen.getImageData(0, 0, side, side).data);
}"""


def shown(page: Page, data: bytes) -> np.ndarray | None:
    """`SIDE` x `SIDE` x 3 values from 0 to 255; None when Chromium does not show the file."""
    values = page.evaluate(_LOOK, [base64.b64encode(data).decode(), SIDE])
    return None if values is None else np.array(values, np.float32).reshape(SIDE, SIDE, 4)[:, :, :3]
