"""Who comes in, and who does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bowerbird.panel.token import COOKIE, Credentials, open_credentials
from bowerbird.panel.wiring import guarded

HOME = "http://nas.local:8000"
METHODS = ["GET", "PUT", "POST", "DELETE"]


def _served(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"served {request.url.path}")


def client(credentials: Credentials | None, base: str = HOME) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", _served, methods=METHODS)])
    return TestClient(guarded(app, credentials), base_url=base, raise_server_exceptions=True)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Credentials, str]:
    credentials, token = open_credentials(tmp_path)
    return credentials, str(token)


@pytest.fixture
def alone() -> TestClient:
    """Only this machine reaches it, and nobody signs in."""
    return client(None, "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "localhost:9999", "localhost", "[::1]:1"]
)
def test_this_machine_comes_in_through_a_tunnel_too(alone: TestClient, host: str) -> None:
    assert alone.get("/1/now", headers={"Host": host}).status_code == 200
    ours = {"Host": host, "Origin": f"http://{host}"}
    assert alone.put("/1/paused", headers=ours).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "192.168.1.5:8000", "0.0.0.0:8000", ""]
)
@pytest.mark.parametrize("method", METHODS)
def test_a_name_that_somebody_points_here_is_turned_away(alone: TestClient, host: str, method: str) -> None:
    answer = alone.request(method, "/1/now", headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 421
    assert "served" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_pages_of_other_sites_neither_read_nor_write(alone: TestClient, headers: dict[str, str]) -> None:
    for method in METHODS:
        answer = alone.request(method, "/1/now", headers=headers)
        assert (answer.status_code, "Pages of other sites" in answer.text) == (403, True)


def test_a_proxy_may_call_us_by_another_name_than_the_browser_does(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    proxied = {"Origin": "https://pictures.example", "Sec-Fetch-Site": "same-origin"}
    assert door.post("/sign-in", json={"token": made[1]}, headers=proxied).status_code == 204
    del proxied["Sec-Fetch-Site"]
    assert door.post("/sign-in", json={"token": made[1]}, headers=proxied).status_code == 403


def test_another_site_may_link_here_and_not_post_here(alone: TestClient) -> None:
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert alone.get("/", headers=linked).status_code == 200
    assert alone.post("/1/paused", headers=linked).status_code == 403


def test_programs_judge_and_change_nothing_else(alone: TestClient) -> None:
    assert alone.post("/judge").status_code == 200
    for path in ("/1/paused", "/1/label/1/pictures/0/label", "/sign-in"):
        assert alone.put(path).status_code == 403


def test_without_the_token_nothing_of_the_place_is_told(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    for host in ("nas.local:8000", "192.168.1.5:8000", "evil.example", "127.0.0.1:8000"):
        for path in ("/1/now", "/1/pictures/a/small.jpg", "/1/sheet/", "/bundle", "/judge", "/health/x"):
            answer = door.get(path, headers={"Host": host})
            assert (answer.status_code, answer.text) == (401, "Sign in first.")
    page = door.get("/1/", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, "<h1>Sign in</h1>" in page.text) == (401, True)
    assert door.get("/health").text == "served /health"  # a watchdog asks it
    for path in ("/sign-in.js", "/panel.css", "/colours.css", "/icon.svg"):
        assert "served" not in door.get(path).text
        assert door.get(path).status_code == 200


def sign_in(door: TestClient, token: object, origin: str = HOME) -> int:
    return door.post("/sign-in", json={"token": token}, headers={"Origin": origin}).status_code


def test_the_token_opens_and_the_cookie_is_for_this_site_alone(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    answer = door.post("/sign-in", json={"token": made[1]}, headers={"Origin": HOME})
    assert answer.status_code == 204
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "secure" not in flags
    assert made[1] not in flags
    assert door.get("/1/now").text == "served /1/now"
    assert door.get("/signed-in").status_code == 204
    assert door.put("/1/paused", headers={"Origin": HOME}).status_code == 200
    assert door.put("/1/paused").status_code == 403  # no browser leaves the origin out
    door.cookies.clear()
    door.cookies.set(COOKIE, "1.0")
    assert door.get("/1/now").status_code == 401


def test_behind_a_proxy_that_speaks_https_the_cookie_says_so(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    answer = door.post(
        "/sign-in",
        json={"token": made[1]},
        headers={"Host": "pictures.example", "Origin": "https://pictures.example"},
    )
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("token", ["", "wrong", None, 7, ["a"], "x" * 5000])
def test_what_is_not_the_token_opens_nothing(made: tuple[Credentials, str], token: object) -> None:
    door = client(made[0])
    assert sign_in(door, token) == 403
    assert "set-cookie" not in door.post("/sign-in", content=b"[" * 900, headers={"Origin": HOME}).headers


def test_other_sites_cannot_sign_anybody_in(made: tuple[Credentials, str]) -> None:
    assert sign_in(client(made[0]), made[1], "https://evil.example") == 403


def test_whoever_guesses_has_to_wait_and_the_right_token_too(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    assert [sign_in(door, "wrong") for _ in range(6)] == [403] * 5 + [429]
    answer = door.post("/sign-in", json={"token": made[1]}, headers={"Origin": HOME})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 61
    assert door.get("/judge", headers={"Authorization": f"Bearer {made[1]}"}).status_code == 429


def test_a_program_shows_the_token_with_each_request(made: tuple[Credentials, str]) -> None:
    door = client(made[0])
    assert door.post("/judge", headers={"Authorization": f"Bearer {made[1]}"}).text == "served /judge"
    assert door.put("/1/paused", headers={"Authorization": f"bearer {made[1]}"}).status_code == 200
    assert door.post("/judge", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert door.post("/judge", headers={"Authorization": "Basic eA=="}).status_code == 401


@pytest.mark.parametrize(
    "cookie", ["bowerbird", "bowerbird=", 'bowerbird="', "a=b; bowerbird=1.2", "=;=;", "\xff"]
)
def test_odd_cookies_open_nothing(made: tuple[Credentials, str], cookie: str) -> None:
    answer = client(made[0]).get("/1/now", headers={"Cookie": cookie.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401


def test_every_answer_carries_the_headers_that_keep_it_in(made: tuple[Credentials, str]) -> None:
    for answer in (client(made[0]).get("/1/now"), client(None, "http://localhost:1").get("/")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
