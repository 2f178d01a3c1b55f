"""Fetches pictures from one server on the owner's own network, which the owner named as a source.

Its links are written `lan+http://…`. A stranger cannot write one: feeds, posts and pages name http and https
links, and those go to the public internet only, wherever they point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.net.fetcher import HttpFetcher
from bowerbird.net.urls import Target, parse_target

PREFIX: Final = "lan+"


class LanFetcher:
    """Follows `lan+http://…` to the owner's server; every other link goes to the other fetcher.

    Args:
        fetcher: reads the public internet.
        own: asks that one server; see `HttpFetcher`.
    """

    def __init__(self, fetcher: Fetcher, own: HttpFetcher) -> None:
        self._fetcher, self._own = fetcher, own

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        """Read a URL; see `bowerbird.core.ports.Fetcher`."""
        fetcher: Fetcher = self._own if url.startswith(PREFIX) else self._fetcher
        link = url.removeprefix(PREFIX)
        return fetcher.fetch(link, accept=accept, max_bytes=max_bytes, headers=headers, enough=enough)


def origin(url: str) -> str:
    """Return the `http://host:port` of a link to the owner's network.

    Raises:
        PermanentError: it is no link to a server.
    """
    target = _target(url)
    return f"{target.scheme}://{target.authority}"


def at_home(url: str, own: str) -> str:
    """Rewrite a link that leads to the owner's server, so that it is followed there."""
    try:
        same = _target(url).same_origin(_target(own))
    except PermanentError:
        same = False
    return f"{PREFIX}{url}" if same else url


def _target(url: str) -> Target:
    return parse_target(url, ports=None, allow_loopback=True, own=True)
