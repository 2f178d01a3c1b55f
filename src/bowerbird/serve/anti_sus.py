"""Speaks the protocol of anti_sus, the original filter server, so that its clients need no change.

A client's REQ socket sends one frame, N x 512 x 512 x 3 bytes of RGB. The reply is one frame with the indices
of the good pictures, as int32 in this machine's byte order; it is empty when none is good.
Source: https://github.com/qwertyforce/anti_sus
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image

from bowerbird.serve.http.raw import PICTURE_BYTES, picture
from bowerbird.serve.zmtp import Head, Peer, RefusedError

Keep = Callable[[Image.Image], bool]

# nomad sends 64 pictures.
MAX_PICTURES: Final = 256
_MAX_BYTES: Final = MAX_PICTURES * PICTURE_BYTES
# Proxies and REQ sockets put a few short frames before the message; the last of them is empty.
_MAX_FRAMES: Final = 8
_SHORT: Final = 255

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Request:
    """A message: what its answer starts with, the sizes of its other frames, and its pictures' verdicts."""

    envelope: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    verdicts: list[asyncio.Future[bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BatchJudge:
    """Judges pictures while the rest of their batch still arrives, so memory never holds a whole batch.

    `room` limits how many pictures of all clients together are in hand. Each client holds at most one more,
    the one that is arriving.
    """

    keep: Keep
    pool: Executor
    room: asyncio.Semaphore

    async def receive(self, peer: Peer, head: Head) -> Request:
        """Read a message whose first frame begins with `head`.

        Raises:
            RefusedError: the message is larger than any batch. The frame that is too much is not read.
        """
        request, enveloped, total = Request(), False, 0
        for _ in range(_MAX_FRAMES):
            total += head.size
            if total > _MAX_BYTES + _MAX_FRAMES * _SHORT:
                break
            if head.more and head.size <= _SHORT and not enveloped and not request.sizes:
                request.envelope.append(bytes(await peer.exactly(head.size)))
                enveloped = not head.size
            else:
                await self._body(peer, head, request)
            if not head.more:
                return request
            head = await peer.next()
        raise RefusedError(f"its message is larger than {MAX_PICTURES} pictures, or has too many frames")

    async def _body(self, peer: Peer, head: Head, request: Request) -> None:
        request.sizes.append(head.size)
        if head.more or len(request.sizes) > 1 or not head.size or head.size % PICTURE_BYTES:
            await peer.skip(head.size)
            return
        loop = asyncio.get_running_loop()
        for _ in range(head.size // PICTURE_BYTES):
            data = await peer.exactly(PICTURE_BYTES)
            await self.room.acquire()
            verdict = loop.run_in_executor(self.pool, self._keeps, data)
            verdict.add_done_callback(self._leave)
            request.verdicts.append(verdict)

    def _keeps(self, data: bytearray) -> bool:
        return self.keep(picture(data))

    def _leave(self, verdict: asyncio.Future[bool]) -> None:
        self.room.release()
        # A client that has gone asks for no verdict. This collects the error of one that failed.
        _ = verdict.cancelled() or verdict.exception()

    async def reply(self, request: Request) -> list[bytes]:
        """Make the answer's frames once all pictures are judged; a message that is no batch gets none."""
        if not request.verdicts:
            _log.warning(
                "malformed request: frames of %s bytes, one of N x %s was expected",
                request.sizes,
                PICTURE_BYTES,
            )
            return [*request.envelope, b""]
        try:
            kept = await asyncio.gather(*request.verdicts)
        except Exception:  # noqa: BLE001 - the protocol has no word for an error, and a client must not wait
            _log.exception("a request could not be judged; its client is told that nothing is good")
            return [*request.envelope, b""]
        good = [index for index, keep in enumerate(kept) if keep]
        return [*request.envelope, np.asarray(good, np.int32).tobytes()]
