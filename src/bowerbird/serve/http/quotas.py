"""Limits how much one caller, and all of them together, may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.filter.parts import PictureLimits
from bowerbird.imaging.header import MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the HTTP API, in bytes, pixels, seconds, and bytes a second.

    They bound memory: each of `requests` holds at most the picture that is arriving and the few being judged,
    however large the batch is. A caller must send at `min_rate` once the server has waited for it for
    `grace_s`. The server's own work does not count.
    """

    requests: int = 8
    pictures: int = 1000
    picture_bytes: int = MAX_PICTURE_BYTES
    body_bytes: int = 1024**3
    pixels: int = MAX_PIXELS
    idle_s: float = 15.0
    grace_s: float = 10.0
    min_rate: float = 16384.0
    total_s: float = 900.0
    retry_after_s: int = 1

    def of_a_picture(self) -> PictureLimits:
        """Give the limits that the policy keeps."""
        return PictureLimits(self.picture_bytes, self.pixels)


@dataclass(slots=True)
class SendingPace:
    """Measures how fast one caller sends. Only the time spent waiting for the caller counts."""

    limits: Limits
    received: int = 0
    waited: float = 0.0

    def too_slow(self, size: int, seconds: float) -> bool:
        """Count `size` more bytes that took `seconds` to come, and say whether the caller is too slow."""
        self.received += size
        self.waited += seconds
        return self.waited > self.limits.grace_s and self.received < self.waited * self.limits.min_rate
