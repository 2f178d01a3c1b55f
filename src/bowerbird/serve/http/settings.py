"""Reads the HTTP function's environment; nothing else reads it."""

from __future__ import annotations

from pydantic import Field

from bowerbird.filter.settings import JudgeSettings
from bowerbird.serve.http.quotas import Limits


class HttpSettings(JudgeSettings):
    """Settings that only the HTTP function has: the API's limits. Callers ask for the shape rule."""

    max_requests: int = Field(default=Limits().requests, ge=1)
    max_pictures: int = Field(default=Limits().pictures, ge=1)
    max_body_bytes: int = Field(default=Limits().body_bytes, ge=1)
    max_pixels: int = Field(default=Limits().pixels, ge=1)

    def limits(self) -> Limits:
        """Give the limits as one value."""
        return Limits(
            requests=self.max_requests,
            pictures=self.max_pictures,
            picture_bytes=self.max_bytes,
            body_bytes=self.max_body_bytes,
            pixels=self.max_pixels,
        )
