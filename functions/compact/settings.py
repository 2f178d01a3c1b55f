"""The compact function's environment; nothing else reads it."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class CompactSettings(BaseSettings):
    """Variables are upper case with the prefix `BOWERBIRD_`, as template.yaml sets them."""

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", frozen=True)

    bucket: str
    endpoint_url: str | None = None
