"""Reads what the environment says about the crawl; nothing else reads it."""

from __future__ import annotations

import os
from typing import Final, Self

from pydantic import PrivateAttr, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.core.errors import UsageError
from bowerbird.crawl.credentials import Credentials
from bowerbird.crawl.hosts import key_settings
from bowerbird.crawl.sources.mastodon_account import MastodonAccount
from bowerbird.crawl.sources.reddit_app import FeedToken, RedditApp
from bowerbird.net.user_agent import IN_THE_CLOUD, with_contact

_PREFIX: Final = "BOWERBIRD_"


def _host_secrets() -> dict[str, SecretStr]:
    values = {name: os.environ.get(f"{_PREFIX}{name.upper()}") for name in key_settings().values()}
    return {name: SecretStr(value) for name, value in values.items() if value}


class CrawlSettings(BaseSettings):
    """The crawl's settings. Variables are named `BOWERBIRD_…`; secrets never show in a log or an error.

    `credentials_secret` (Secrets Manager, name or ARN) or `credentials_parameter` (SSM Parameter Store) says
    where the cloud keeps the secrets. A secret found there takes the place of the one given here. With a
    `ledger_table`, the crawl purges from the bucket what a source reports as removed. The hosts' own files
    say which keys of image hosts there can be.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", env_ignore_empty=True)

    source: str = "reddit"
    communities: str = ""
    bucket: str = ""
    ledger_table: str = ""
    queue_url: str = ""
    dead_letter_url: str = ""
    endpoint_url: str | None = None
    user_agent: str = IN_THE_CLOUD
    contact: str = ""
    crawl_requests: int = 100
    crawl_seconds: float = 60.0
    credentials_secret: str | None = None
    credentials_parameter: str | None = None
    reddit_client_id: str | None = None
    reddit_client_secret: SecretStr | None = None
    reddit_refresh_token: SecretStr | None = None
    reddit_feed_user: str | None = None
    reddit_feed_token: SecretStr | None = None
    mastodon_instance: str | None = None
    mastodon_token: SecretStr | None = None
    # By the setting's name.
    _host_secrets: dict[str, SecretStr] = PrivateAttr(default_factory=_host_secrets)

    def with_credentials(self, credentials: Credentials) -> Self:
        """Return these settings with what was kept elsewhere."""
        given = {name: getattr(credentials, name) for name in credentials.model_fields_set}
        own = {name: value for name, value in given.items() if name in CrawlSettings.model_fields}
        secrets = {name: value for name, value in given.items() if name not in own and value}
        settings = self.model_copy(update=own)
        settings._host_secrets = {**self._host_secrets, **secrets}  # noqa: SLF001 - it is one of us
        return settings

    @property
    def agent(self) -> str:
        """Who asks: the User-Agent, with the contact; raises what `with_contact` does."""
        return with_contact(self.user_agent, self.contact)

    def community_list(self) -> tuple[str, ...]:
        """`EarthPorn+SkyPorn` as names; empty means everything."""
        return tuple(name.strip() for name in self.communities.split("+") if name.strip())

    def host_keys(self) -> dict[str, str]:
        """Return the owner's API keys by host."""
        return {
            host: self._host_secrets[name].get_secret_value()
            for host, name in key_settings().items()
            if name in self._host_secrets
        }

    def reddit_app(self) -> RedditApp | None:
        """The owner's app at Reddit, if there is one; apps of the kind "installed" have no secret."""
        if not self.reddit_client_id:
            return None
        secret, token = self.reddit_client_secret, self.reddit_refresh_token
        return RedditApp(
            self.reddit_client_id,
            secret.get_secret_value() if secret else "",
            self.agent,
            token.get_secret_value() if token else None,
        )

    def feed_token(self) -> FeedToken | None:
        """The owner's personal feed token at Reddit, if there is one.

        Raises:
            UsageError: there is half of it.
        """
        user, token = self.reddit_feed_user, self.reddit_feed_token
        if not user and not token:
            return None
        if not user or not token:
            raise UsageError(
                "a feed token belongs to a name: set both BOWERBIRD_REDDIT_FEED_USER and "
                "BOWERBIRD_REDDIT_FEED_TOKEN, as https://www.reddit.com/prefs/feeds shows them, or neither"
            )
        return FeedToken(user, token.get_secret_value())

    def mastodon_account(self) -> MastodonAccount | None:
        """The owner's account at a Mastodon instance, if there is one.

        Raises:
            UsageError: a token without its instance: no other may see it.
        """
        if not self.mastodon_token:
            return None
        if not self.mastodon_instance:
            raise UsageError(
                "BOWERBIRD_MASTODON_TOKEN belongs to one instance: say which in BOWERBIRD_MASTODON_INSTANCE"
            )
        return MastodonAccount(self.mastodon_instance, self.mastodon_token.get_secret_value())
