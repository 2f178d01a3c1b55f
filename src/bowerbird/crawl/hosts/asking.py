"""Asks a host's API or page, and says no to an answer of another kind than asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bowerbird.core import untrusted
from bowerbird.core.errors import RetryableError
from bowerbird.core.ports import Fetched, Fetcher

#: A page or an API answer is smaller; an imgur album of 500 pictures is 400 KB of JSON.
_MAX_BYTES: Final = 4 * 1024 * 1024


def fetch_json(fetcher: Fetcher, url: str, *, headers: Mapping[str, str] | None = None) -> Any:
    """The parsed answer of an API.

    Raises:
        PermanentError: gone.
        RetryableError: the host could not be asked now, or its answer is not JSON. That may be an answer cut
            in half, or the page for a blocked client: neither says anything about the picture.
    """
    answer = fetcher.fetch(url, accept="application/json", max_bytes=_MAX_BYTES, headers=headers)
    try:
        return untrusted.json_value(answer.body)
    except ValueError:  # bad JSON, bad UTF-8; nested beyond reason
        raise RetryableError(f"{url.split('?', maxsplit=1)[0]} answers something that is not JSON") from None


def fetch_page(fetcher: Fetcher, url: str) -> Fetched:
    """An HTML page; raises what `Fetcher.fetch` does."""
    return fetcher.fetch(url, accept="text/html,application/xhtml+xml", max_bytes=_MAX_BYTES)
