"""Reads what the environment says about notifications; nothing else reads it."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """Secrets, and the mail server, from variables named `BOWERBIRD_…`. Secrets never show in a log.

    `smtp_url` is `smtp://[user@]host[:port]`, or `smtps://` for TLS from the first byte; `smtp_from` is who
    writes, or else whom the mail is for.
    """

    model_config = SettingsConfigDict(
        env_prefix="BOWERBIRD_", extra="ignore", env_ignore_empty=True, frozen=True
    )

    ntfy_token: SecretStr = SecretStr("")
    notify_secret: SecretStr = SecretStr("")
    smtp_url: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    notify_timeout_s: float = Field(default=20.0, gt=0)
