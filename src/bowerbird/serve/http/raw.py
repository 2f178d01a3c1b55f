"""The original filter server's batch: N x 512 x 512 x 3 bytes of RGB, nothing around them.

Source: https://github.com/qwertyforce/anti_sus
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from PIL import Image

from bowerbird.serve.http.problems import malformed, too_large
from bowerbird.serve.http.quotas import Limits

SIDE: Final = 512
PICTURE_BYTES: Final = SIDE * SIDE * 3


def picture(data: bytearray | memoryview) -> Image.Image:
    """Make one picture of a batch from its bytes."""
    return Image.frombytes("RGB", (SIDE, SIDE), bytes(data))


async def pictures(body: AsyncIterator[bytes], limits: Limits) -> AsyncIterator[Image.Image]:
    """The pictures of a batch that is still arriving.

    Raises:
        Problem: 400 when the length is no multiple of a picture's, 413 when there are too many pictures.
    """
    pending, count = bytearray(), 0
    async for chunk in body:
        pending += chunk
        while len(pending) >= PICTURE_BYTES:
            count += 1
            if count > limits.pictures:
                raise too_large(f"More than {limits.pictures} pictures; send smaller batches.")
            yield picture(pending[:PICTURE_BYTES])
            del pending[:PICTURE_BYTES]
    if pending or not count:
        total = count * PICTURE_BYTES + len(pending)
        raise malformed(f"{total} bytes are no batch: {PICTURE_BYTES} ({SIDE}x{SIDE} RGB) for each picture.")
