"""What the environment says about judging, to the filter function and to the HTTP function alike."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.core.cores import MEMORY_MB
from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.core.usual import Marks
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.net.user_agent import IN_THE_CLOUD, with_contact


class JudgeSettings(BaseSettings):
    """Variables are upper case with the prefix `BOWERBIRD_`, as template.yaml sets them."""

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", frozen=True)

    bundle: str = "lite"
    user_agent: str = IN_THE_CLOUD
    contact: str = ""
    memory_mb: int | None = Field(default=None, validation_alias=MEMORY_MB)
    min_area: int = NOMADS.min_area
    max_wide: float = NOMADS.max_wide
    max_tall: float = NOMADS.max_tall
    watermark: Marks = "reject"
    max_bytes: int = Field(default=MAX_PICTURE_BYTES, ge=1)

    @property
    def agent(self) -> str:
        """Who asks: the User-Agent, with the contact; raises what `with_contact` does."""
        return with_contact(self.user_agent, self.contact)

    def shape(self) -> ShapeRule:
        """The gallery's rule on size and aspect."""
        return ShapeRule(self.min_area, self.max_wide, self.max_tall)
