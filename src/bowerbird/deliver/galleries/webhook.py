"""A plain webhook: JSON of each kept picture, the file too if you like, signed as Standard Webhooks does.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. The id
of a picture is the same however often it is sent, so a receiver can drop what it has seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from urllib3.filepost import encode_multipart_formdata

from bowerbird.core.errors import UsageError
from bowerbird.core.keys import content_type
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.client import Client, NoAnswerError
from bowerbird.deliver.galleries.base import GallerySpec, Opened
from bowerbird.deliver.settings import GallerySettings

_FINE: Final = range(200, 300)
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. Without a `secret` nothing is signed. `with_file` sends the picture beside the JSON."""

    client: Client
    secret: str = ""
    with_file: bool = False
    clock: Callable[[], float] = time.time
    who: ClassVar[str] = "the webhook"

    def import_image(
        self, image: bytes, *, filename: str, source_url: str | None, tags: Sequence[str], about: About
    ) -> Answer:
        """Tell of one picture. Every status from 200 to 299 means that it was taken."""
        told = json.dumps(event(about, filename, source_url, tags), ensure_ascii=False).encode()
        body, kind = told, "application/json"
        if self.with_file:
            name = filename.rpartition("/")[2]
            parts = {
                "event": ("event.json", told, "application/json"),
                "file": (name, image, content_type(about.key)),
            }
            body, kind = encode_multipart_formdata(parts)
        headers = {"Content-Type": kind, **signed(self.secret, about.sha256, int(self.clock()), body)}
        means = {409: Outcome.ALREADY, 410: Outcome.MISCONFIGURED}
        try:
            said = self.client.ask("POST", "", body=body, headers=headers, fine=_FINE, means=means)
        except NoAnswerError as error:
            return error.answer
        return Answer(Outcome.IMPORTED, f"status {said.status}")


def event(about: About, filename: str, source_url: str | None, tags: Sequence[str]) -> dict[str, Any]:
    """What is told of a picture. Keys are only ever added."""
    return {
        "type": "picture.kept",
        "timestamp": about.kept.isoformat(timespec="seconds"),
        "data": {
            "sha256": about.sha256,
            "key": about.key,
            "filename": filename,
            "title": about.title,
            "author": about.author,
            "community": about.community,
            "source": about.source,
            "licence": about.licence,
            "post": source_url,
            "picture": about.link or None,
            "posted": about.posted.isoformat(timespec="seconds") if about.posted else None,
            "width": about.width,
            "height": about.height,
            "percentile": about.percentile,
            "tags": list(tags),
        },
    }


def signed(secret: str, id_: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a message; with a signature when there is a secret."""
    headers = {"webhook-id": id_, "webhook-timestamp": str(at)}
    if secret:
        digest = hmac.digest(_key(secret), f"{id_}.{at}.".encode() + body, hashlib.sha256)
        headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
    return headers


def _key(secret: str) -> bytes:
    """The bytes of a secret: base64 after `whsec_`, or any other text as it is."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise UsageError("BOWERBIRD_WEBHOOK_SECRET: what follows whsec_ is not base64") from None


def _open(url: str, settings: GallerySettings) -> Opened:
    secret = settings.webhook_secret.get_secret_value()
    _key(secret)
    client = Client(
        url, who="the webhook", headers={}, secrets=[secret], timeout_s=settings.deliver_timeout_s
    )
    return Opened(Webhook(client, secret, settings.deliver_file), client.url)


SPEC: Final = GallerySpec(
    "webhook:URL",
    _open,
    takes="JSON of all that is known; the file, with `file = true`",
    again="the header `webhook-id`, which is its sha256",
    variables={
        "BOWERBIRD_WEBHOOK_SECRET": "signs what is sent, as Standard Webhooks does; left out: no signature"
    },
)
