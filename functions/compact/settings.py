"""The compact function's environment; nothing else reads it."""

from __future__ import annotations

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class CompactSettings(BaseSettings):
    """Variables are upper case with the prefix `BOWERBIRD_`, as template.yaml sets them.

    With `focus`, the best communities of `source` are found and written down. With `prior`, each taste's
    model of posts is fitted anew.
    """

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", frozen=True)

    bucket: str
    tastes: str = ""
    source: str = ""
    focus: bool = False
    prior: Literal["off", "reject"] = "reject"
    endpoint_url: str | None = None
