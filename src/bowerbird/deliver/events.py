"""S3's notifications, as SQS carries them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

from urllib.parse import unquote_plus

from bowerbird.adapters.aws.tastes import in_place
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.json_text import parsed
from bowerbird.deliver.deliverer import SURVIVOR


def survivors_in(body: str, bucket: str) -> list[str]:
    """The keys of the survivors that a message announces, of any taste. Other objects and tests give none.

    Raises:
        InvalidMessageError: the message is no notification of S3.
    """
    try:
        event = parsed(body)
        if event.get("Event") == "s3:TestEvent":
            return []
        created = [
            (str(record["s3"]["bucket"]["name"]), unquote_plus(record["s3"]["object"]["key"]))
            for record in event["Records"]
            if str(record["eventName"]).removeprefix("s3:").startswith("ObjectCreated:")
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidMessageError(f"not an S3 notification: {type(error).__name__} {error}") from None
    return [key for name, key in created if name == bucket and SURVIVOR.fullmatch(in_place(key)[1])]
