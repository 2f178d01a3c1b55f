"""Asks ambience, scenery's search, whether the gallery has a picture already.

Source: https://github.com/qwertyforce/ambience, server/routes/reverse_search.ts and helpers/image_ops.ts.
"""

from __future__ import annotations

from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from bowerbird.core.errors import RetryableError
from bowerbird.core.json_text import parsed

_CONNECT_S: Final = 10.0
_MAX_ANSWER_BYTES: Final = 1024 * 1024
# The keys that hold duplicates in an answer: today's, and the one from before March 2023.
_LISTS: Final = ("duplicate", "local_features_res")
# An error repeats this much of an answer that cannot be understood: so many keys, so many characters of each.
_NAMES: Final = 5
_SAID: Final = 40


class Ambience:
    """One ambience at the owner's own address; `timeout_s` bounds each wait for it."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self._url = url.rstrip("/") + "/reverse_search"
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=timeout_s), retries=False
        )

    def similar(self, image: bytes) -> tuple[int, ...]:
        """Ids of the gallery's pictures that show the same; empty when there is none.

        `find_duplicate` asks ambience for true duplicates only. scenery asks the same way.

        Raises:
            RetryableError: no answer came, or nobody can understand it. That never counts as "no duplicate".
        """
        form: dict[str, Any] = {"find_duplicate": "1", "image": ("document", image)}
        try:
            response = self._pool.request(
                "POST", self._url, fields=form, redirect=False, preload_content=False
            )
            with response:
                body = response.read(_MAX_ANSWER_BYTES)
        except HTTPError as error:
            raise RetryableError(f"ambience: {type(error).__name__}") from error
        if response.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise RetryableError(f"ambience: status {response.status}")
        return duplicates(body)


def duplicates(body: bytes) -> tuple[int, ...]:
    """Read the ids in an answer of the route.

    Since March 2023 an answer is `{"duplicate": [{"image_id": 4, "distance": 12}, …]}`, before that it was
    `{"local_features_res": [{"image_id": 4, "matches": 80}, …]}`. Both versions say `{}` when they found
    nothing.

    Raises:
        RetryableError: the answer is anything else; the error says what came and what to check.
    """
    try:
        answer = parsed(body)
    except ValueError:
        raise RetryableError("ambience: its answer is not JSON; check BOWERBIRD_AMBIENCE_URL") from None
    if not isinstance(answer, dict):
        raise _not_understood(f"it answers a {type(answer).__name__}, not an object")
    lists = [answer[key] for key in _LISTS if key in answer]
    if answer and not lists:
        names = ", ".join(ascii(key[:_SAID]) for key in list(answer)[:_NAMES])
        raise _not_understood(f"its answer has neither {' nor '.join(_LISTS)}, but {names}")
    if not all(isinstance(found, list) for found in lists):
        raise _not_understood("its duplicates are no list")
    return tuple(dict.fromkeys(_image_id(each) for found in lists for each in found))


def _image_id(found: Any) -> int:
    number = found.get("image_id") if isinstance(found, dict) else found
    if isinstance(number, bool) or not isinstance(number, int):
        raise _not_understood("one of its duplicates has no image_id that is a number")
    return number


def _not_understood(what: str) -> RetryableError:
    return RetryableError(
        f"ambience: {what}. Nothing is delivered without its word: check BOWERBIRD_AMBIENCE_URL and which "
        "version answers there, or unset it"
    )
