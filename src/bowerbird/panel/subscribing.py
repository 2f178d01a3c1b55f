"""The feeds of a place for whoever subscribes, made anew each time, with links that lead back here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bowerbird.core.errors import PermanentError
from bowerbird.core.keys import FORMATS, image_key
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.about import About
from bowerbird.deliver.feeds import Link, atom, json_feed, read_about
from bowerbird.imaging import picture_files
from bowerbird.panel.keeps import A_PAGE, Keeps, mark

ATOM: Final = "feeds/atom.xml"
_JSON: Final = "feeds/feed.json"
_PAGES: Final = 2
# The file itself comes from a stranger, and goes to no reader: it is decoded, and made anew.
_SIDE: Final = 2048
_JPEG: Final = "image/jpeg"
_SHA256: Final = 64
# Whoever has the key may show the pictures on a page of his own, as a reader in a browser does.
_ANYWHERE: Final = {"Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, slots=True)
class Subscribing:
    """The newest pictures of one place. `key` stands in all addresses; empty: nobody signs in here."""

    store: ObjectStore
    keeps: Keeps
    key: str = ""

    @property
    def query(self) -> str:
        """The end of an address."""
        return f"?key={self.key}" if self.key else ""

    @property
    def addresses(self) -> dict[str, str]:
        """The feeds as the page links them."""
        return {"atom": ATOM + self.query, "json": _JSON + self.query}

    def routes(self) -> list[BaseRoute]:
        """Give the routes, to stand at a place's root."""
        return [
            Route(f"/{ATOM}", self._atom),
            Route(f"/{_JSON}", self._json),
            Route("/feeds/{sha256}.jpg", self._picture),
        ]

    def newest(self) -> Iterator[About]:
        """Yield what is known of the newest pictures that are still here."""
        before = ""
        for _ in range(_PAGES):
            cards = self.keeps.newest(before)
            found = (read_about(self.store, card.image) for card in cards if card.image)
            yield from (each for each in found if each is not None)
            if len(cards) < A_PAGE:
                return
            before = mark(cards[-1])

    def _atom(self, request: Request) -> Response:
        data = atom(list(self.newest()), lambda each: self._link(request, each))
        return Response(data, media_type="application/atom+xml", headers=_ANYWHERE)

    def _json(self, request: Request) -> Response:
        data = json_feed(list(self.newest()), lambda each: self._link(request, each))
        return Response(data, media_type="application/feed+json", headers=_ANYWHERE)

    def _link(self, request: Request, each: About) -> Link:
        """The whole address: many readers take a relative one for one of the post's own site."""
        folder = str(request.url.replace(query="")).rpartition("/")[0]
        if request.headers.get("x-forwarded-proto") == "https":  # a proxy speaks https for us
            folder = f"https:{folder.partition(':')[2]}"
        return Link(f"{folder}/{each.sha256}.jpg{self.query}", _JPEG)

    def _picture(self, request: Request) -> Response:
        sha256 = str(request.path_params["sha256"])
        if len(sha256) != _SHA256 or not sha256.isalnum():
            raise HTTPException(404)
        stored = (self.store.get(image_key(sha256, each)) for each in FORMATS)
        data = next((each for each in stored if each is not None), None)
        if data is None:
            raise HTTPException(404)
        try:
            return Response(picture_files.small(data, _SIDE), media_type=_JPEG, headers=_ANYWHERE)
        except PermanentError:
            raise HTTPException(404) from None
