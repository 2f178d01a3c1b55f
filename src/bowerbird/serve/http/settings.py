"""The HTTP function's environment; the only place that reads it."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.filter.cores import MEMORY_MB
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.net.user_agent import IN_THE_CLOUD, with_contact
from bowerbird.serve.http.quotas import Limits


class HttpSettings(BaseSettings):
    """Variables are upper case with the prefix `BOWERBIRD_`; `MAX_…` are limits of the API alone."""

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", frozen=True)

    memory_mb: int | None = Field(default=None, validation_alias=MEMORY_MB)
    bundle: str = "lite"
    user_agent: str = IN_THE_CLOUD
    contact: str = ""
    min_area: int = NOMADS.min_area
    max_wide: float = NOMADS.max_wide
    max_tall: float = NOMADS.max_tall
    max_requests: int = Field(default=Limits().requests, ge=1)
    max_pictures: int = Field(default=Limits().pictures, ge=1)
    max_bytes: int = Field(default=Limits().picture_bytes, ge=1)
    max_body_bytes: int = Field(default=Limits().body_bytes, ge=1)
    max_pixels: int = Field(default=Limits().pixels, ge=1)

    @property
    def agent(self) -> str:
        """Who asks: the User-Agent, with the contact; raises what `with_contact` does."""
        return with_contact(self.user_agent, self.contact)

    def limits(self) -> Limits:
        """The limits as one value."""
        return Limits(
            requests=self.max_requests,
            pictures=self.max_pictures,
            picture_bytes=self.max_bytes,
            body_bytes=self.max_body_bytes,
            pixels=self.max_pixels,
        )

    def shape(self) -> ShapeRule:
        """The gallery's rule, for callers that ask for it."""
        return ShapeRule(self.min_area, self.max_wide, self.max_tall)
