"""Reads what the environment says about delivery; nothing else reads it."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.deliver.described import Xmp
from bowerbird.deliver.naming import USUAL
from bowerbird.deliver.picture import Conversion


class GallerySettings(BaseSettings):
    """How to offer pictures to the gallery, from variables named `BOWERBIRD_…`.

    `scenery_tags` are separated by commas, see `bowerbird.deliver.tags`. `scenery_conversion` says what
    becomes of pictures that are neither PNG nor JPEG. `scenery_timeout_s` bounds each wait for an answer.
    The password never shows in a log.

    What begins with `deliver_` is for all other galleries: the template of names, where XMP goes, the name of
    an album, tags, whether a webhook gets the file too, and how long to wait for an answer.
    """

    model_config = SettingsConfigDict(
        env_prefix="BOWERBIRD_", extra="ignore", env_ignore_empty=True, frozen=True
    )

    scenery_password: SecretStr = SecretStr("")
    scenery_tags: str = "from_bowerbird,community:{community},novelty:{percentile}"
    scenery_conversion: Conversion = "jpeg"
    scenery_timeout_s: float = Field(default=120.0, gt=0)
    ambience_url: str | None = None
    deliver_names: str = USUAL
    deliver_xmp: Xmp = "none"
    deliver_album: str = ""
    deliver_tags: str = "{community}"
    deliver_file: bool = False
    deliver_timeout_s: float = Field(default=120.0, gt=0)
    immich_api_key: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    hydrus_access_key: SecretStr = SecretStr("")
    photoprism_token: SecretStr = SecretStr("")
