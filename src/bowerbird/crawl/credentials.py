"""The owner's credentials, kept as one JSON object in Secrets Manager or the SSM Parameter Store."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model

from bowerbird.adapters.aws.secrets import parameter_text, secret_text
from bowerbird.core.errors import UsageError
from bowerbird.crawl.hosts import key_settings


class Credentials(BaseModel):
    """What the object may hold besides the keys of hosts. A field that is missing changes nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reddit_client_id: str | None = Field(None, validation_alias="client_id")
    reddit_client_secret: SecretStr | None = Field(None, validation_alias="client_secret")
    reddit_refresh_token: SecretStr | None = Field(None, validation_alias="refresh_token")
    reddit_feed_user: str | None = Field(None, validation_alias="feed_user")
    reddit_feed_token: SecretStr | None = Field(None, validation_alias="feed_token")
    mastodon_instance: str | None = None
    mastodon_token: SecretStr | None = None


def _whole() -> type[Credentials]:
    """With a field for each key that a host can use."""
    keys: dict[str, Any] = dict.fromkeys(sorted(key_settings().values()), (SecretStr | None, None))
    return create_model("Credentials", __base__=Credentials, **keys)


def read_secret(client: Any, name: str) -> Credentials:
    """A secret of Secrets Manager, by name or ARN; `client` is boto3's.

    Raises:
        UsageError: it cannot be read, or is no such object; the text never holds a value.
    """
    return _parsed(name, secret_text(client, name))


def read_parameter(client: Any, name: str) -> Credentials:
    """A SecureString of the Parameter Store; as `read_secret`."""
    return _parsed(name, parameter_text(client, name))


def _parsed(name: str, value: Any) -> Credentials:
    whole = _whole()
    try:
        return whole.model_validate_json(value)
    except ValidationError as error:
        wrong = ", ".join(
            ".".join(map(str, each["loc"])) or "the whole"
            for each in error.errors(include_input=False, include_context=False)
        )
        known = ", ".join(str(each.validation_alias or name) for name, each in whole.model_fields.items())
        raise UsageError(
            f"credentials {name}: {wrong} cannot be used; store a JSON object with any of {known}"
        ) from None
