"""One fetcher made of several, by URL scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.core.reasons import Word


class SchemeFetcher:
    """Hands each URL to the fetcher of its scheme, such as `{"https": …, "http": …, "file": …}`."""

    def __init__(self, fetchers: Mapping[str, Fetcher]) -> None:
        self._fetchers = dict(fetchers)

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
        scheme = url.partition(":")[0].lower()
        if scheme not in self._fetchers:
            raise PermanentError(f"scheme {scheme[:16]!r}", Word.REFUSED)
        fetcher = self._fetchers[scheme]
        return fetcher.fetch(url, accept=accept, max_bytes=max_bytes, headers=headers, enough=enough)
