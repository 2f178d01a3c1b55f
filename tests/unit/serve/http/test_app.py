"""The API as its callers see it: verdicts, problems, headers, description."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from openapi_spec_validator import validate
from PIL import Image
from starlette.testclient import TestClient

from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.raw import PICTURE_BYTES
from tests.pictures import encoded
from tests.serving import DESCRIPTION, BrightModels, service


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (1600, 1200)) -> bytes:
    return encoded(Image.new("RGB", size, colour))


LOVED, DULL, MARKED = picture((0, 200, 0)), picture((0, 20, 0)), picture((0, 200, 255))
NDJSON = {"Accept": "application/x-ndjson"}


def test_files_are_judged_with_scores_thresholds_reason_and_bundle(client: TestClient) -> None:
    files = [("a", ("loved.jpg", LOVED)), ("b", ("dull.jpg", DULL)), ("a", ("marked.jpg", MARKED))]
    answer = client.post("/judge", files=files)
    assert answer.status_code == 200
    loved, dull, marked = answer.json()["verdicts"]
    assert (loved["name"], loved["keep"], loved["reason"]) == ("loved.jpg", True, "kept")
    assert loved["scores"].keys() == loved["thresholds"].keys() == {"novelty", "watermark"}
    assert loved["thresholds"] == {"novelty": 0.5, "watermark": 0.9}
    assert (loved["bundle"], loved["facts"]["width"]) == ("bright@1.0.0", 1600)
    assert (dull["keep"], dull["stage"], dull["reason"].partition(":")[0]) == (False, "novelty", "novelty")
    assert (marked["keep"], marked["stage"]) == (False, "watermark")


@pytest.mark.parametrize(
    ("data", "stage", "word"),
    [
        (b"", "original", "unknown-format"),
        (b"<!doctype html><title>no</title>", "original", "html"),
        (LOVED[:5000], "integrity", "truncated"),
        (picture((0, 200, 0), (2001, 2000)), "dimensions", "too-many-pixels"),
    ],
)
def test_a_bad_file_costs_itself_and_not_the_batch(
    client: TestClient, data: bytes, stage: str, word: str
) -> None:
    answer = client.post("/judge", files=[("a", ("bad", data)), ("a", ("good", LOVED))])
    bad, good = answer.json()["verdicts"]
    assert (bad["keep"], bad["stage"], bad["reason"].partition(":")[0]) == (False, stage, word)
    assert good["keep"]


def test_the_gallerys_rule_on_size_is_applied_when_asked_for(client: TestClient) -> None:
    files = {"a": ("small.jpg", picture((0, 200, 0), (640, 480)))}
    assert client.post("/judge", files=files).json()["verdicts"][0]["keep"]
    asked = client.post("/judge?dimensions=true", files=files).json()["verdicts"][0]
    assert (asked["stage"], asked["reason"].partition(":")[0]) == ("dimensions", "too-small")


def test_urls_are_fetched_and_judged_and_every_failure_is_a_reason(client: TestClient) -> None:
    urls = [
        "https://i.example.com/loved.jpg",
        "https://i.example.com/down.jpg",
        "https://169.254.169.254/",
    ]
    verdicts = client.post("/judge/urls", json={"urls": urls}).json()["verdicts"]
    assert [verdict["name"] for verdict in verdicts] == urls
    assert [verdict["reason"] for verdict in verdicts] == [
        "kept",
        "unreachable: 503",
        "refused: not on the public internet",
    ]


def test_a_raw_batch_is_judged_by_place(client: TestClient) -> None:
    batch = b"".join(Image.new("RGB", (512, 512), (0, green, 0)).tobytes() for green in (10, 250))
    verdicts = client.post(
        "/judge/raw", content=batch, headers={"Content-Type": "application/octet-stream"}
    ).json()["verdicts"]
    assert [(verdict["name"], verdict["keep"]) for verdict in verdicts] == [("0", False), ("1", True)]


def test_verdicts_come_as_lines_when_asked_for(client: TestClient) -> None:
    answer = client.post(
        "/judge", files=[("a", ("loved.jpg", LOVED)), ("a", ("dull.jpg", DULL))], headers=NDJSON
    )
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["name"], line["keep"]) for line in lines] == [("loved.jpg", True), ("dull.jpg", False)]


def test_an_error_after_the_first_line_is_the_last_line(client: TestClient) -> None:
    files = [("a", (f"{number}.jpg", LOVED)) for number in range(4)]
    answer = client.post("/judge", files=files, headers=NDJSON)
    *verdicts, last = [json.loads(line) for line in answer.text.splitlines()]
    assert verdicts
    assert all(verdict["keep"] for verdict in verdicts)
    assert (last["problem"]["status"], last["problem"]["type"]) == (413, "urn:bowerbird:problem:too-large")


FORM = {"Content-Type": "multipart/form-data; boundary=b"}
RAW = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("headers", [{}, NDJSON], ids=["json", "ndjson"])
@pytest.mark.parametrize(
    ("path", "sent", "content", "status", "word"),
    [
        ("/judge", {}, b"x", 415, "media-type"),
        ("/judge", JSON, b"{}", 415, "media-type"),
        ("/judge", {"Content-Type": "multipart/form-data"}, b"x", 400, "malformed"),
        ("/judge", FORM, b"", 400, "malformed"),
        ("/judge", FORM, b"not a form", 400, "malformed"),
        ("/judge", FORM, b"--b--\r\n", 400, "malformed"),
        (
            "/judge",
            FORM,
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
            400,
            "malformed",
        ),
        ("/judge", FORM, b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\n1', 400, "malformed"),
        ("/judge", FORM | {"Content-Encoding": "gzip"}, b"x", 415, "content-encoding"),
        ("/judge", FORM | {"Content-Length": "99999999999"}, b"x", 413, "too-large"),
        ("/judge?dimensions=perhaps", FORM, b"", 422, "invalid"),
        ("/judge/raw", RAW, b"", 400, "malformed"),
        ("/judge/raw", RAW, bytes(PICTURE_BYTES - 1), 400, "malformed"),
        ("/judge/raw", RAW, bytes(4 * PICTURE_BYTES), 413, "too-large"),
        ("/judge/urls", JSON, b"{", 422, "invalid"),
        ("/judge/urls", JSON, b"[]", 422, "invalid"),
        ("/judge/urls", JSON, b'{"urls": []}', 422, "invalid"),
        ("/judge/urls", JSON, b'{"urls": [7]}', 422, "invalid"),
        ("/judge/urls", JSON, b'{"urls": ["\xff"]}', 422, "invalid"),
        ("/judge/urls", JSON, json.dumps({"urls": ["https://a.example/"] * 4}).encode(), 413, "too-large"),
        ("/judge/urls", JSON, b" " * 80_000, 413, "too-large"),
        ("/judge", FORM | {"Sec-Fetch-Site": "cross-site"}, b"", 403, "cross-site"),
        ("/nowhere", FORM, b"", 404, "not-found"),
        ("/bundle", FORM, b"", 405, "method-not-allowed"),
    ],
)
def test_every_error_is_a_problem_that_names_itself(  # noqa: PLR0913, PLR0917 - the columns of the table
    client: TestClient,
    headers: dict[str, str],
    path: str,
    sent: dict[str, str],
    content: bytes,
    status: int,
    word: str,
) -> None:
    answer = client.post(path, content=content, headers=sent | headers)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"urn:bowerbird:problem:{word}")
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_invalid_field_is_pointed_at_and_not_repeated(client: TestClient) -> None:
    answer = client.post("/judge/urls", json={"urls": ["https://a.example/", 7], "secret": "hunter2"})
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["#/urls/1", "#/secret"]
    assert "hunter2" not in answer.text


class BrokenModels(BrightModels):
    def embed(self, images: object) -> NDArray[np.float32]:
        assert images
        raise ZeroDivisionError("the secret is hunter2")


def test_a_bug_of_ours_is_a_problem_too_and_tells_no_secret() -> None:
    client = TestClient(create_app(service(BrokenModels())))
    answer = client.post("/judge", files={"a": ("loved.jpg", LOVED)})
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:bowerbird:problem:internal")
    assert "hunter2" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_the_models_describe_themselves(client: TestClient) -> None:
    assert client.get("/bundle").json() == DESCRIPTION.model_dump(mode="json")


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {
        "status": "ready", "bundle": "bright@1.0.0", "judging": 0, "capacity": 8,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js", "/bundle", "/health", "/openapi.json", "/no"])
def test_every_answer_has_the_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


def test_the_description_is_sound_openapi_with_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    validate(document)
    assert document["components"]["schemas"]["VerdictAnswer"]["examples"]
    for path, media_type in {
        "/judge": "multipart/form-data",
        "/judge/raw": "application/octet-stream",
        "/judge/urls": "application/json",
    }.items():
        operation = document["paths"][path]["post"]
        assert media_type in operation["requestBody"]["content"]
        assert "application/x-ndjson" in operation["responses"]["200"]["content"]
        assert "application/problem+json" in operation["responses"]["503"]["content"]


def test_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/page.css", "/page.js"):
        text = client.get(path).text
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")
        assert "innerHTML" not in text
    assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8000"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["/judge", "/judge/raw", "/judge/urls", "/bundle", "/health"])
def test_a_page_of_another_origin_is_refused_whether_or_not_its_browser_knows_fetch_metadata(
    client: TestClient, headers: dict[str, str], path: str
) -> None:
    answer = client.request("POST" if path.startswith("/judge") else "GET", path, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:bowerbird:problem:cross-site")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Origin": "https://testserver"},  # a proxy speaks https for us
        {"Origin": "https://judge.example", "Sec-Fetch-Site": "same-origin"},  # and changed the Host
    ],
)
def test_our_own_page_and_those_who_are_no_page_are_let_in(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/judge", files={"a": ("a.jpg", LOVED)}, headers=headers).status_code == 200


def test_a_link_from_another_site_opens_the_page(client: TestClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
