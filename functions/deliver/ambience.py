"""Asks ambience, scenery's search, whether the gallery has a picture already.

Source: https://github.com/qwertyforce/ambience, server/routes/reverse_search.ts.
"""

from __future__ import annotations

import json
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from bowerbird.errors import RetryableError

_CONNECT_S: Final = 10.0
_MAX_ANSWER_BYTES: Final = 1024 * 1024


class Ambience:
    """One ambience at the owner's own address; `timeout_s` bounds each wait for it."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self._url = url.rstrip("/") + "/reverse_search"
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=timeout_s), retries=False
        )

    def similar(self, image: bytes) -> tuple[int, ...]:
        """Ids of pictures that show the same, none when there is none.

        `find_duplicate` makes it answer with `local_features_res` for true duplicates only, which is what
        scenery itself goes by.
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
        try:
            found = json.loads(body)
        except ValueError:
            raise RetryableError("ambience: its answer is not JSON; check its URL") from None
        matches = found.get("local_features_res") if isinstance(found, dict) else None
        ids = [each.get("image_id") if isinstance(each, dict) else each for each in matches or ()]
        return tuple(each for each in ids if isinstance(each, int))
