"""Tells what an AWS error means for us: try again later, or somebody must fix the deployment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from bowerbird.core.errors import StoreError, UsageError

# Error codes that pass by themselves. boto3 has already retried them by the time we see one.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_PASSING: Final = frozenset(
    {
        "ConditionalRequestConflict",
        "OperationAborted",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "RequestTimeTooSkewed",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_SERVER_ERROR = 500


def code(error: ClientError) -> str:
    """Return the service's word for an error, such as `NoSuchKey`; a HEAD has no body, only a status."""
    return error.response.get("Error", {}).get("Code", "")


def status(error: ClientError) -> int:
    """Return the HTTP status, 0 when the error has no status."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise our own errors in place of AWS's. `what` says, for the text, what was being done and to what.

    Raises:
        StoreError: AWS throttled us or had a server error, or the network failed.
        UsageError: everything else, such as a missing bucket or permission. Retrying cannot help, but the
            message in hand is innocent and must not be lost.
    """
    try:
        yield
    except ClientError as error:
        if code(error) in _PASSING or status(error) >= _SERVER_ERROR:
            raise StoreError(f"{what}: {code(error)}; AWS is busy, it is tried again later") from error
        raise UsageError(
            f"{what}: {code(error)}; check the name, the region and what the role allows ({error})"
        ) from error
    except BotoCoreError as error:
        raise StoreError(f"{what}: {error}") from error
