"""Fetches pictures of the AT Protocol from their authors' own servers, if the authors show them to everybody.

An author is a DID. The DID's document names the server that holds the originals, which may be anybody's. So a
link `at://DID/xrpc/…` says whom to ask, not where. It is followed only when a picture is wanted: nine of ten
pictures are turned down on their small copies. Sources: https://atproto.com/specs/did,
https://atproto.com/specs/blob
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.json_text import parsed
from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.core.reasons import Word

#: The two methods that atproto knows. A did:web names a host alone, without path or port.
DID: Final = re.compile(r"did:(?:plc:[a-z0-9]{24}|web:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)")

#: What an author says of themselves or of a post: https://docs.bsky.app/docs/advanced-guides/moderation
ADULT: Final = frozenset({"porn", "sexual", "nudity", "graphic-media", "gore", "nsfw"})
SIGNED_IN_ONLY: Final = "!no-unauthenticated"

#: Copies as large as the CDN makes them; smaller ones are looked at and not kept.
_CDN_COPY: Final = re.compile(r"https://cdn\.bsky\.app/img/feed_fullsize/plain/(did:[a-z0-9:.-]+)/")
_AT: Final = re.compile(r"at://(?P<did>did:[a-z0-9:.-]{1,260})(?P<path>/xrpc/[!-~]{1,2000})")

# A document of a DID is below 2 KiB, a profile below 10.
_MAX_DOCUMENT_BYTES: Final = 64 * 1024
_MAX_PROFILE_BYTES: Final = 256 * 1024
_MAX_SERVICES: Final = 64

# Authors remembered, and for how long: they move, and they change their minds.
_AUTHORS: Final = 4096
_FRESH_S: Final = 3600.0

_ENDPOINT: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}/?")


@dataclass(frozen=True, slots=True)
class Author:
    """Holds where an author's pictures lie (`https://host`), and what the author says of all of them."""

    server: str
    labels: frozenset[str]
    seen_at: float


class AtprotoFetcher:
    """Follows `at://DID/xrpc/…` to the author's server, and passes every other link on to the fetcher.

    Strangers name the server and write the document and the profile. So requests for these go through the
    same fetcher too, and pass its rules on addresses at every hop. Safe to share between threads.
    """

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._authors: OrderedDict[str, Author] = OrderedDict()
        self._lock = threading.Lock()

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        """Read a URL; see `bowerbird.core.ports.Fetcher`.

        Raises:
            OptedOutError: the author shows pictures only to those signed in, or calls all of them adult. Or
                the author's server no longer has this one; then no copy of it may stand in.
        """

        def ask(link: str) -> Fetched:
            return self._fetcher.fetch(
                link, accept=accept, max_bytes=max_bytes, headers=headers, enough=enough
            )

        if copy := _CDN_COPY.match(url):
            _check_wishes(self._author(copy[1]), copy[1])
            return ask(url)
        if not url.startswith("at://"):
            return ask(url)
        asked = _AT.fullmatch(url)
        if asked is None:
            raise PermanentError(f"{url[:64]!r} names no author", Word.REFUSED)
        did, path = asked["did"], asked["path"]
        author = self._author(did)
        _check_wishes(author, did)
        try:
            return _over_tls(ask(author.server + path))
        except PermanentError as error:
            if isinstance(error, OptedOutError) or not _no_longer_there(error):
                raise
            self._forget(did, author)
        # The author may have moved since we asked: once more, where the document says now.
        moved = self._author(did)
        _check_wishes(moved, did)
        try:
            return _over_tls(ask(moved.server + path))
        except PermanentError as error:
            if _no_longer_there(error):
                raise OptedOutError(f"the author's server no longer has it ({error})", Word.GONE) from None
            raise

    def close(self) -> None:
        """Close the fetcher, where it can be."""
        if close := getattr(self._fetcher, "close", None):
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _author(self, did: str) -> Author:
        with self._lock:
            known = self._authors.get(did)
            if known and self._clock() - known.seen_at < _FRESH_S:
                self._authors.move_to_end(did)
                return known
        server = server_of(self._json(document_url(did), _MAX_DOCUMENT_BYTES), did)
        author = Author(server, self._labels(server, did), self._clock())
        with self._lock:
            self._authors[did] = author
            while len(self._authors) > _AUTHORS:
                self._authors.popitem(last=False)
        return author

    def _forget(self, did: str, author: Author) -> None:
        with self._lock:
            if self._authors.get(did) is author:
                del self._authors[did]

    def _labels(self, server: str, did: str) -> frozenset[str]:
        """Read what the author's profile says; an author without a profile says nothing."""
        url = (
            f"{server}/xrpc/com.atproto.repo.getRecord?repo={did}&collection=app.bsky.actor.profile&rkey=self"
        )
        try:
            answer = self._json(url, _MAX_PROFILE_BYTES)
        except OptedOutError as error:
            if error.word is Word.GONE:
                return frozenset()
            raise
        return self_labels(answer.get("value"))

    def _json(self, url: str, max_bytes: int) -> dict[str, Any]:
        """Read a small JSON object over TLS, to the end.

        Raises:
            OptedOutError: there is none, whoever is asked: the author has gone.
        """
        try:
            answer = self._fetcher.fetch(url, accept="application/json", max_bytes=max_bytes)
        except PermanentError as error:
            if _no_longer_there(error):
                raise OptedOutError(f"the author has gone ({error})", Word.GONE) from None
            raise
        try:
            fields = parsed(_over_tls(answer).body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise RetryableError(f"{urlsplit(url).hostname} answers something that is not a JSON object")
        return fields


def document_url(did: str) -> str:
    """Return the address of a DID's document.

    Raises:
        PermanentError: it is of no method that atproto knows.
    """
    if not DID.fullmatch(did):
        raise PermanentError(f"{did[:64]!r} is not a did:plc, nor a did:web of a host", Word.REFUSED)
    method, name = did.split(":")[1:]
    return f"https://plc.directory/{did}" if method == "plc" else f"https://{name}/.well-known/did.json"


def server_of(document: Mapping[str, Any], did: str) -> str:
    """Return the server that a DID's document names, as `https://host`; a stranger wrote the document.

    Raises:
        PermanentError: it is another's document, or names no server that can be asked.
    """
    if document.get("id") != did:
        raise PermanentError(f"the document of {did} is of another", Word.REFUSED)
    services = document.get("service")
    for service in services[:_MAX_SERVICES] if isinstance(services, list) else []:
        if not isinstance(service, dict) or service.get("id") not in ("#atproto_pds", f"{did}#atproto_pds"):
            continue
        endpoint = service.get("serviceEndpoint")
        if service.get("type") != "AtprotoPersonalDataServer" or not isinstance(endpoint, str):
            break
        if not _ENDPOINT.fullmatch(endpoint):
            raise PermanentError(
                f"{did} lies at {endpoint[:64]!r}, and only https://host is asked", Word.REFUSED
            )
        return endpoint.removesuffix("/")
    raise PermanentError(f"the document of {did} names no server", Word.REFUSED)


def self_labels(record: object) -> frozenset[str]:
    """Return the labels that a record's author put on it."""
    labels = record.get("labels") if isinstance(record, dict) else None
    values = labels.get("values") if isinstance(labels, dict) else None
    if not isinstance(values, list):
        return frozenset()
    vals = (each.get("val") for each in values if isinstance(each, dict))
    return frozenset(val for val in vals if isinstance(val, str))


def _check_wishes(author: Author, did: str) -> None:
    if SIGNED_IN_ONLY in author.labels:
        raise OptedOutError(f"{did} shows pictures only to those signed in", Word.OPTED_OUT)
    if adult := author.labels & ADULT:
        raise OptedOutError(f"{did} calls all posts {min(adult)}", Word.OVER_18)


def _over_tls(fetched: Fetched) -> Fetched:
    """Return an answer, but refuse one that any redirect led over plain http."""
    if fetched.plain:
        raise PermanentError(f"{urlsplit(fetched.url).hostname} answers without TLS", Word.REFUSED)
    return fetched


def _no_longer_there(error: PermanentError) -> bool:
    """Whether a server says that there is no such thing: XRPC answers 400 where others answer 404."""
    return error.word is Word.GONE or error.status == HTTPStatus.BAD_REQUEST
