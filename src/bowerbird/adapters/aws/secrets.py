"""Reads the owner's secrets where AWS keeps them: in Secrets Manager, or in the SSM Parameter Store.

At home the environment holds them. Powertools, which imports boto3, is not there, so it is imported late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters.base import BaseProvider


def secret_text(client: Any, name: str) -> str:
    """Read a secret of Secrets Manager, by name or ARN; `client` is boto3's.

    Raises:
        UsageError: it cannot be read.
    """
    from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415

    return _text(SecretsProvider(boto3_client=client), name)


def parameter_text(client: Any, name: str) -> str:
    """Read a SecureString of the Parameter Store; as `secret_text`."""
    from aws_lambda_powertools.utilities.parameters import SSMProvider  # noqa: PLC0415

    return _text(SSMProvider(boto3_client=client), name, decrypt=True)


def _text(provider: BaseProvider, name: str, **options: Any) -> str:
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415

    try:
        return str(provider.get(name, **options))
    except GetParameterError as error:
        raise UsageError(
            f"credentials {name} cannot be read ({error}): check the name and what the function's role may "
            "read"
        ) from None
