"""What the environment says about delivery; nothing else reads it."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.deliver.picture import Conversion


class GallerySettings(BaseSettings):
    """How pictures are offered. Variables are named `BOWERBIRD_…`; the password never shows in a log.

    `scenery_tags` are comma separated, see `bowerbird.deliver.tags`; `scenery_conversion` is for pictures
    that are neither PNG nor JPEG; `scenery_timeout_s` bounds each wait for an answer.
    """

    model_config = SettingsConfigDict(
        env_prefix="BOWERBIRD_", extra="ignore", env_ignore_empty=True, frozen=True
    )

    scenery_password: SecretStr = SecretStr("")
    scenery_tags: str = "from_bowerbird,community:{community},novelty:{percentile}"
    scenery_conversion: Conversion = "jpeg"
    scenery_timeout_s: float = Field(default=120.0, gt=0)
    ambience_url: str | None = None
