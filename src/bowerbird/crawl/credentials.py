"""The owner's credentials, kept as one JSON object in Secrets Manager or the SSM Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model

from bowerbird.core.errors import UsageError
from bowerbird.crawl.hosts import key_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters.base import BaseProvider


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
    # At home the environment holds the credentials, and Powertools, which imports boto3, is not there.
    from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415

    return _read(SecretsProvider(boto3_client=client), name)


def read_parameter(client: Any, name: str) -> Credentials:
    """A SecureString of the Parameter Store; as `read_secret`."""
    from aws_lambda_powertools.utilities.parameters import SSMProvider  # noqa: PLC0415 - as above

    return _read(SSMProvider(boto3_client=client), name, decrypt=True)


def _read(provider: BaseProvider, name: str, **options: Any) -> Credentials:
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415 - as above

    try:
        return _parsed(name, provider.get(name, **options))
    except GetParameterError as error:
        raise _unreadable(name, error) from None


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


def _unreadable(name: str, error: Exception) -> UsageError:
    return UsageError(
        f"credentials {name} cannot be read ({error}): check the name and what the function's role may read"
    )
