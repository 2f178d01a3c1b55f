"""What the environment says about the crawl; nothing else reads it."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class CrawlSettings(BaseSettings):
    """Variables are named `BOWERBIRD_…`; secrets never show in a log or an error."""

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", extra="ignore", env_ignore_empty=True)

    source: str = "reddit"
    communities: str = ""
    queue_url: str = ""
    dead_letter_url: str = ""
    endpoint_url: str | None = None
    user_agent: str = "aws-lambda:bowerbird:0.1.0"
    imgur_client_id: SecretStr | None = None
    flickr_api_key: SecretStr | None = None

    def community_list(self) -> tuple[str, ...]:
        """`EarthPorn+SkyPorn` as names; empty means everything."""
        return tuple(name.strip() for name in self.communities.split("+") if name.strip())

    def host_keys(self) -> dict[str, str]:
        """The owner's API keys by host."""
        keys = {"imgur": self.imgur_client_id, "flickr": self.flickr_api_key}
        return {host: key.get_secret_value() for host, key in keys.items() if key}
