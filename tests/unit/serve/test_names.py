"""DNS rebinding: a page of a stranger's name may not read what this machine says to itself."""

import pytest
from starlette.testclient import TestClient

from bowerbird.serve.http.app import create_app
from bowerbird.serve.names import KnownNames
from tests.serving import service


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(KnownNames(create_app(service()), ["nas.example"]))


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "192.168.1.7", "[::1]:8000", "nas.example:80"],
)
def test_its_own_names_and_addresses_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "nas.example.evil.example",
        "[evil.example]",
        "2130706433",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/bundle", "/judge"])
def test_any_other_name_is_turned_away_with_the_safe_headers(
    client: TestClient, host: str, path: str
) -> None:
    answer = client.request("POST" if path == "/judge" else "GET", path, headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "urn:bowerbird:problem:unknown-name")
    assert "--name" in answer.json()["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"
