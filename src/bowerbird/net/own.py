"""Reads what is the owner's own, folders and servers, when several streams share one fetcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.core.reasons import Word
from bowerbird.net.lan import PREFIX, origin

_FILE: Final = "file:"


class OwnFetcher:
    """Reads each link where it lies: in a folder or on a server of the owner's, or on the public internet.

    Args:
        folders: readers of folders by the beginning of their links, such as `file:///pictures/`.
        servers: readers of servers by origin, such as `http://192.168.1.20:1200`; they get `lan+http://…`.
        fetcher: reads the public internet.
    """

    def __init__(
        self, folders: Mapping[str, Fetcher], servers: Mapping[str, Fetcher], fetcher: Fetcher
    ) -> None:
        self._folders, self._servers, self._fetcher = folders, servers, fetcher

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
        fetcher = self._reader(url)
        if fetcher is None:
            raise PermanentError("it lies where no stream of this run reads", Word.REFUSED)
        return fetcher.fetch(url, accept=accept, max_bytes=max_bytes, headers=headers, enough=enough)

    def _reader(self, url: str) -> Fetcher | None:
        if url.startswith(_FILE):
            return next((self._folders[start] for start in self._folders if url.startswith(start)), None)
        if url.startswith(PREFIX):
            return self._servers.get(origin(url.removeprefix(PREFIX)))
        return self._fetcher
