"""The original filter server's batches, in pieces of any size."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bowerbird.serve.http import raw
from bowerbird.serve.http.problems import Problem
from bowerbird.serve.http.quotas import Limits


def colours(body: bytes, size: int, most: int = 3) -> list[object]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    async def collect() -> list[object]:
        return [image.getpixel((511, 511)) async for image in raw.pictures(chunks(), Limits(pictures=most))]

    return asyncio.run(collect())


BATCH = b"".join(bytes(colour) * 512 * 512 for colour in [(1, 2, 3), (4, 5, 6), (7, 8, 9)])


@pytest.mark.parametrize("size", [65536, raw.PICTURE_BYTES, raw.PICTURE_BYTES * 2 + 1, len(BATCH)])
def test_pictures_come_out_in_order_however_the_batch_is_cut(size: int) -> None:
    assert colours(BATCH, size) == [(1, 2, 3), (4, 5, 6), (7, 8, 9)]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "0 bytes are no batch"),
        (BATCH[:-1], f"{len(BATCH) - 1} bytes are no batch"),
        (BATCH + b"x", "no batch"),
        (BATCH + BATCH[: raw.PICTURE_BYTES], "More than 3 pictures"),
    ],
)
def test_what_is_no_batch_says_so(body: bytes, detail: str) -> None:
    with pytest.raises(Problem, match=detail):
        colours(body, 100_000)
