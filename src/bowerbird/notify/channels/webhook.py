"""A webhook: JSON, signed as for delivered pictures (`bowerbird.deliver.galleries.webhook`)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bowerbird.deliver.client import Client, NoAnswerError
from bowerbird.deliver.galleries.webhook import signed
from bowerbird.notify.channels.base import ChannelSpec, problem
from bowerbird.notify.message import Message
from bowerbird.notify.settings import NotifySettings


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. Without a `secret` nothing is signed."""

    client: Client
    secret: str = ""
    clock: Callable[[], float] = time.time

    def send(self, message: Message) -> None:
        """Post a message."""
        told = {
            "type": f"notice.{message.kind}",
            "data": {"title": message.title, "text": message.text, "urgent": message.urgent, **message.data},
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = signed(self.secret, uuid.uuid4().hex, int(self.clock()), body)
        try:
            self.client.ask(
                "POST",
                "",
                body=body,
                headers={"Content-Type": "application/json", **headers},
                fine=range(200, 300),
            )
        except NoAnswerError as error:
            raise problem("the webhook", error.answer) from None


def _open(url: str, settings: NotifySettings) -> Webhook:
    secret = settings.notify_secret.get_secret_value()
    signed(secret, "", 0, b"")  # a secret that cannot be read is told now
    client = Client(url, who="the webhook", headers={}, secrets=[secret], timeout_s=settings.notify_timeout_s)
    return Webhook(client, secret)


SPEC: Final = ChannelSpec(
    "webhook:URL", _open, {"BOWERBIRD_NOTIFY_SECRET": "signs what is sent; left out: no signature"}
)
