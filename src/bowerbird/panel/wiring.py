"""Wires `bowerbird serve --page`: the places' pages, the judge, and the door before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bowerbird.adapters.place import Place
from bowerbird.core.errors import BowerbirdError
from bowerbird.core.plain_text import plain
from bowerbird.core.usual import Marks
from bowerbird.host.judged_by import remembered
from bowerbird.models.bundle import load
from bowerbird.net.user_agent import AT_HOME
from bowerbird.panel.addresses import in_container, is_loopback, openable
from bowerbird.panel.app import ICON, PlacePages, create_app, tabs
from bowerbird.panel.door import Door
from bowerbird.panel.keeps import Keeps
from bowerbird.panel.labelling import Labelling
from bowerbird.panel.now import Now
from bowerbird.panel.sheets import Sheets
from bowerbird.panel.subscribing import Subscribing
from bowerbird.panel.teaching import teaching
from bowerbird.panel.token import Credentials, open_credentials
from bowerbird.review.label.lessons import Lessons
from bowerbird.review.label.session import LabelSession
from bowerbird.review.label.small import SmallBodies
from bowerbird.review.page import Nav
from bowerbird.review.sheet.histogram import Reference, reference_of
from bowerbird.serve.http.app import create_app as create_judge
from bowerbird.serve.http.headers import SafeHeaders
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.settings import HttpSettings
from bowerbird.serve.http.wiring import http_service
from bowerbird.serve.server import listening, serve

#: Remembers what the networks saw, for `label` and `train` too.
CACHE: Final = ".cache/bowerbird/embeddings.db"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Where to listen, who judges, and whether to make a new token.

    Without a `bundle`, whoever judged at a place last does; `otherwise` where nobody did yet. `keep_rate` and
    `watermark` are those of the first taste: what is handed in is judged as it judges.
    `names` are host names by which a proxy calls this machine; with one, devices sign in, too.
    """

    host: str
    port: int
    bundle: str | None = None
    otherwise: str = "lite"
    keep_rate: float | None = None
    watermark: Marks = "reject"
    names: tuple[str, ...] = ()
    new_token: bool = False
    verbose: bool = False


def run_page(places: Sequence[Place], options: PageOptions, say: Callable[[str], None]) -> None:
    """Serve the page of one or more places until stopped. `say` prints a line for the owner.

    Raises:
        UsageError: the address is taken, or not this machine's.
        StoreError: the token cannot be stored.
    """
    with ExitStack() as stack:
        bound = stack.enter_context(listening(options.host, options.port))
        credentials, token = None, None
        if options.names or not is_loopback(options.host):
            credentials, token = open_credentials(places[0].state, new=options.new_token)
        bundle = options.bundle or remembered(places[0].state) or options.otherwise
        settings = HttpSettings(bundle=bundle, watermark=options.watermark, user_agent=AT_HOME)
        judge = create_judge(http_service(settings, keep_rate=options.keep_rate))
        app = guarded(everything(places, judge, options.bundle, credentials), credentials)
        for line in announced(openable(bound), options, credentials, token):
            say(line)
        serve(app, bound, verbose=options.verbose)


def guarded(app: ASGIApp, credentials: Credentials | None) -> ASGIApp:
    """Put the door before an application."""
    return SafeHeaders(Door(app, credentials))


def everything(
    places: Sequence[Place],
    judge: ASGIApp,
    bundle: str | None = None,
    credentials: Credentials | None = None,
) -> Starlette:
    """Put together the places' pages, below `/1/`, `/2/`…, and the judge, below `/try/` and as the API.

    Sheets and labels are those of `bundle`, or else of the one that judged in their place last.
    """
    key = credentials.feed_key if credentials else ""
    pages: list[BaseRoute] = [
        Mount(f"/{number}", app=SmallBodies(_pages(places, number, bundle, key), Limits()))
        for number in range(1, len(places) + 1)
    ]
    first = Route("/", lambda _request: RedirectResponse("1/"))
    # Pages without an icon of their own are asked for this one.
    icon = Route("/favicon.ico", lambda _request: FileResponse(ICON, media_type="image/svg+xml"))
    return Starlette(routes=[first, icon, *pages, Mount("/try", app=judge), Mount("/", app=judge)])


def _pages(places: Sequence[Place], number: int, bundle: str | None, key: str) -> ASGIApp:
    place = places[number - 1]
    name = plain(Path(place.name).name if not place.shared else place.name)
    keeps = Keeps(place.store)

    def judge() -> str | None:
        return bundle or remembered(place.state)

    def teach(session: LabelSession) -> Lessons:
        return teaching(session, place=place.name, cache=Path.home() / CACHE, bundle=judge())

    return create_app(
        PlacePages(
            Now(place, keeps, places[0].state, [each.state for each in places]),
            Sheets(place.store, name, lambda: _reference(judge()), tabs),
            Labelling(place.store, teach),
            Subscribing(place.store, keeps, key),
            partial(_others, places, number),
        )
    )


def _reference(bundle: str | None) -> Reference | None:
    """The scores that a sheet is held against; none of a bundle that is unknown, or damaged meanwhile."""
    try:
        return reference_of(load(bundle)) if bundle else None
    except BowerbirdError:
        return None


def _others(places: Sequence[Place], here: int) -> Nav:
    return [(f"../{at}/", plain(each.name), at == here) for at, each in enumerate(places, 1)]


def announced(
    addresses: Sequence[str], options: PageOptions, credentials: Credentials | None, token: str | None
) -> Iterator[str]:
    """Say where the page is, and how one gets in; the token only when it was just made."""
    yield from ("The page is at", *(f"  {each}" for each in addresses))
    if in_container() and not is_loopback(options.host):
        yield "This is a container: open the address and the port of the machine that it runs on."
    if token:
        yield f"Sign in with this token: {token}"
        yield f"  or open {addresses[0]}/#{token}"
        yield "It is told only now. --new-token makes another, and signs everybody out."
    elif credentials:
        yield "Sign in with the token that was told at first. --new-token makes another."
