"""What a page of somebody else, or anybody who can connect, may do with our servers: every route of both."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from bowerbird.review.label.app import create_app as label_app
from bowerbird.review.label.session import open_session
from bowerbird.serve.http.app import create_app as serve_app
from bowerbird.serve.http.quotas import Limits
from tests.fakes import FakeStore
from tests.integration.label import place
from tests.serving import running, service

MEGABYTES = 8
LIMITS = Limits(body_bytes=1024**2, picture_bytes=1024**2, pictures=2)


@dataclass
class Server:
    """One of the two, on loopback."""

    app: FastAPI
    port: int

    def routes(self) -> list[tuple[str, str]]:
        told = [(m.upper(), path) for path, each in self.app.openapi()["paths"].items() for m in each]
        told += [
            (m, each.path) for each in self.app.routes if isinstance(each, APIRoute) for m in each.methods
        ]
        filled = (path.replace("{number}", "0").replace("{name}", "label.js") for _, path in told)
        return sorted(set(zip((method for method, _ in told), filled, strict=True)))

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: Iterable[bytes] | None = None
    ) -> int:
        """The status, or 0 where the server hung up before all was sent; `body` has no declared length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, headers, encode_chunked=body is not None)
            return connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            return 0
        finally:
            connection.close()


@pytest.fixture(scope="module", params=["serve", "label"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "serve":
        app = serve_app(service(limits=LIMITS))
        with running(app) as port:
            yield Server(app, port)
        return
    store, ready = FakeStore(), FastAPI()
    place.fill(store)
    with running(ready) as port:
        app = label_app(open_session(store))
        ready.mount("/", app)
        yield Server(app, port)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"])
def test_no_route_answers_a_foreign_page_even_of_an_old_browser(server: Server, origin: str) -> None:
    """Without Sec-Fetch-Site, as browsers before 2023 ask; Origin is the only sign."""
    routes = server.routes()
    statuses = {route: server.ask(*route, {"Origin": origin}) for route in routes}

    assert {("POST", "/judge/urls"), ("GET", "/bundle")} <= set(routes) or len(routes) == 8  # label's
    assert set(statuses.values()) == {403}, statuses


def test_an_upgrade_to_another_protocol_is_an_ordinary_request(server: Server) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers = upgrade | {"Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="}

    assert server.ask("GET", "/", headers) == 200
    assert server.ask("GET", "/", headers | {"Origin": "http://evil.example"}) == 403


def test_no_route_holds_a_body_without_length(server: Server) -> None:
    """Eight megabytes in pieces; each route either refuses it or never reads it."""
    kinds = {
        "/judge": "multipart/form-data; boundary=e",
        "/judge/raw": "application/octet-stream",
        "/judge/urls": "application/json",
    }
    for method, path in server.routes():
        own = f"http://127.0.0.1:{server.port}"
        headers = {"Origin": own, "Content-Type": kinds.get(path, "application/json")}
        status = server.ask(method, path, headers, (b"a" * 65536 for _ in range(MEGABYTES * 16)))

        answers = {0, 400, 413} if path in kinds or "/label" in path else {0, 200, 413}
        assert status in answers, (method, path, status)
