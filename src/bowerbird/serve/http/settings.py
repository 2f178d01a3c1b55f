"""The HTTP function's environment; the only place that reads it."""

from __future__ import annotations

from pydantic import Field

from bowerbird.filter.settings import JudgeSettings
from bowerbird.serve.http.quotas import Limits


class HttpSettings(JudgeSettings):
    """What the HTTP function needs besides: limits of the API alone. Callers ask for the shape rule."""

    max_requests: int = Field(default=Limits().requests, ge=1)
    max_pictures: int = Field(default=Limits().pictures, ge=1)
    max_body_bytes: int = Field(default=Limits().body_bytes, ge=1)
    max_pixels: int = Field(default=Limits().pixels, ge=1)

    def limits(self) -> Limits:
        """The limits as one value."""
        return Limits(
            requests=self.max_requests,
            pictures=self.max_pictures,
            picture_bytes=self.max_bytes,
            body_bytes=self.max_body_bytes,
            pixels=self.max_pixels,
        )
