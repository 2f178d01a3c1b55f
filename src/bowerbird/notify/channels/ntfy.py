"""ntfy: a message to a topic, on ntfy.sh or a server of one's own.

Source: https://docs.ntfy.sh/publish/#publish-as-json. JSON goes to the server's root, so that titles of any
script need no encoding of headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from bowerbird.core.errors import UsageError
from bowerbird.deliver.client import Client, NoAnswerError
from bowerbird.notify.channels.base import ChannelSpec, problem
from bowerbird.notify.message import Message
from bowerbird.notify.settings import NotifySettings

_TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}")
_TAGS: Final = {"keeps": "framed_picture", "sources": "satellite", "disk": "floppy_disk"}
_HIGH: Final = 4
# The server turns a longer message into an attachment.
_MAX_BYTES: Final = 4000


@dataclass(frozen=True, slots=True)
class Ntfy:
    """One topic."""

    client: Client
    topic: str

    def send(self, message: Message) -> None:
        """Publish a message."""
        told: dict[str, Any] = {
            "topic": self.topic,
            "title": message.title,
            "message": message.text.encode()[:_MAX_BYTES].decode(errors="ignore"),
            "tags": [_TAGS[message.kind]],
        }
        if message.urgent:
            told["priority"] = _HIGH
        try:
            self.client.ask("POST", "/", told=told)
        except NoAnswerError as error:
            raise problem("ntfy", error.answer) from None


def _open(url: str, settings: NotifySettings) -> Ntfy:
    server, _, topic = url.rstrip("/").rpartition("/")
    if not _TOPIC.fullmatch(topic) or server.endswith((":", "/")):
        raise UsageError(f"{url!r} names no topic: write it as ntfy:https://ntfy.sh/TOPIC")
    token = settings.ntfy_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = Client(server, who="ntfy", headers=headers, secrets=[token], timeout_s=settings.notify_timeout_s)
    return Ntfy(client, topic)


SPEC: Final = ChannelSpec(
    "ntfy:URL/TOPIC", _open, {"BOWERBIRD_NTFY_TOKEN": "an access token, for topics that need one"}
)
