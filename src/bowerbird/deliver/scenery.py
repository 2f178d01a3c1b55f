"""The gallery: a client of scenery's import route. Each answer that scenery gives comes back as a value.

Source: https://github.com/qwertyforce/scenery, src/server/routes/import_image.ts and helpers/image_ops.ts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    SSLError,
)

from bowerbird.core.errors import UsageError
from bowerbird.core.json_text import parsed
from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.core.plain_text import plain
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.client import brief, hidden

# The limits of scenery's multipart parser (src/server/index.ts). It silently cuts a field that is longer
# than the first one.
MAX_FIELD_BYTES: Final = 1000
MAX_IMAGE_BYTES: Final = MAX_PICTURE_BYTES

_ROUTE: Final = "/import_image"
_CONNECT_S: Final = 10.0
_MAX_ANSWER_BYTES: Final = 64 * 1024
_SAID: Final = 200

_OK: Final = 200
_SERVER_ERROR: Final = 500


# A proxy in front of scenery answers 502 and 504 when it gives up; scenery may still be at work.
_STATUSES: Final = {
    413: Outcome.REFUSED,
    422: Outcome.INVALID_URL,
    429: Outcome.FAILED,
    502: Outcome.UNCLEAR,
    504: Outcome.UNCLEAR,
}


class Scenery:
    """One scenery, at the owner's own address, which may well be on a private network.

    `timeout_s` bounds each wait; scenery computes features before it answers. The password goes to this
    address only: the client follows no redirects and uses no proxies of the environment.
    """

    who = "scenery"

    def __init__(self, url: str, password: str, *, timeout_s: float) -> None:
        self.name = _base(url)
        if len(password.encode()) > MAX_FIELD_BYTES:
            raise UsageError(f"the password is longer than the {MAX_FIELD_BYTES} bytes that scenery reads")
        self._password = password
        timeout = urllib3.Timeout(connect=_CONNECT_S, read=timeout_s)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def import_image(
        self,
        image: bytes,
        *,
        filename: str,
        source_url: str | None,
        tags: Sequence[str],
        about: About,  # noqa: ARG002 - scenery takes no more than tags
    ) -> Answer:
        """Offer a picture; whatever happens is an answer."""
        form: dict[str, Any] = {"tags": json.dumps(tags, ensure_ascii=False)}
        if source_url is not None:
            form["source_url"] = source_url
        form["import_images_bot_password"] = self._password
        form["image"] = (filename, image)
        try:
            response = self._pool.request(
                "POST", self.name + _ROUTE, fields=form, redirect=False, preload_content=False
            )
            with response:
                body = hidden(response.read(_MAX_ANSWER_BYTES), [self._password])
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            return Answer(Outcome.UNREACHABLE, f"{self.name}: {brief(error, [self._password])}")
        except (HTTPError, OSError, ValueError) as error:  # http.client: a chunk of negative size
            # scenery may have taken the picture all the same. Some versions do not answer a wrong password.
            return Answer(
                Outcome.UNCLEAR,
                f"no answer: {brief(error, [self._password])}; if this is always so, check the password",
            )
        location = response.headers.get("Location")
        if location is not None:
            location = hidden(location.encode(), [self._password]).decode(errors="replace")
        return understand(response.status, body, location)


def understand(status: int, body: bytes, location: str | None = None) -> Answer:
    """Tell what an answer of the route means."""
    if status == _OK:
        return _understand_message(body)
    if status in _STATUSES:
        return Answer(_STATUSES[status], f"status {status}")
    if status >= _SERVER_ERROR:
        return Answer(Outcome.FAILED, f"status {status}")
    if location is not None:
        return Answer(
            Outcome.MISCONFIGURED, f"status {status}: it has moved to {location[:_SAID]!r}; give that"
        )
    return Answer(
        Outcome.MISCONFIGURED, f"status {status}: this is not scenery's import route, or not for us"
    )


def _understand_message(body: bytes) -> Answer:
    if not body:
        return Answer(Outcome.MISCONFIGURED, "no reply: the password is wrong")
    try:
        message = str(parsed(body)["message"]).strip()
    except (ValueError, KeyError, TypeError):
        return Answer(Outcome.MISCONFIGURED, f"not scenery: it answers {body[:40]!r}")
    for pattern, outcome in _MESSAGES:
        if match := pattern.match(message):
            return Answer(outcome, plain(message)[:_SAID], _ids(match[1]) if match.lastindex else ())
    return Answer(Outcome.FAILED, plain(message)[:_SAID])


# scenery says "Can't calculate…" after it has stored the picture.
_MESSAGES: Final = tuple(
    (re.compile(pattern), outcome)
    for pattern, outcome in (
        (r"Success! Image id = (\d+)", Outcome.IMPORTED),
        (r"Can't calculate_all_image_features", Outcome.IMPORTED),
        (r"Image with the same sha256 is already in the db\. Image id = (\d+)", Outcome.ALREADY),
        (r"Similar image is already in the db\. Image ids = (.*)", Outcome.SIMILAR),
        (r"Not supported mime type", Outcome.REFUSED),
        (r"Can't generate thumbnail", Outcome.REFUSED),
    )
)


def _ids(text: str) -> tuple[int, ...]:
    """Ids as scenery prints them: a number, a list of numbers, or of objects with an `image_id`."""
    try:
        found = parsed(text)
    except ValueError:
        return ()
    items = found if isinstance(found, list) else [found]
    ids = [item.get("image_id") if isinstance(item, dict) else item for item in items]
    return tuple(each for each in ids if isinstance(each, int))


def _base(url: str) -> str:
    """The address without the route; it is also the gallery's name in sidecars, so no secret may be in it."""
    try:
        parts = urlsplit(url)
        urllib3.util.parse_url(url)
    except (ValueError, LocationParseError):
        raise UsageError(f"{url!r} is not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise UsageError("scenery's address is written as http://host[:port] or https://host[:port]")
    if parts.username is not None or parts.password is not None:
        raise UsageError("leave user and password out of scenery's address: it is written into sidecars")
    return url.rstrip("/").removesuffix(_ROUTE).rstrip("/")
