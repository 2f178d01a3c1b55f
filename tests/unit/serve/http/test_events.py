"""The same application behind every kind of HTTP event; the events' shapes are AWS's and SAM's own."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mangum.types import LambdaContext
from PIL import Image

from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.lambda_events import event_handler
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.raw import PICTURE_BYTES
from tests.pictures import encoded
from tests.serving import service

EVENTS = Path(__file__).with_name("events")
KINDS = ["function_url", "http_api", "sam_local"]
SMALL = encoded(Image.new("RGB", (640, 480), (0, 200, 0)))
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="small.jpg"\r\n\r\n'
    + SMALL
    + b"\r\n--b--\r\n"
)


def event(kind: str, body: bytes, content_type: str, *, method: str = "POST", path: str = "/judge") -> Any:
    found = json.loads((EVENTS / f"{kind}.json").read_text())
    headers = {"content-type": content_type, "content-length": str(len(body))}
    found["body"] = base64.b64encode(body).decode()
    if kind == "sam_local":
        found |= {"httpMethod": method, "path": path}
        found["headers"] |= headers
        found["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    else:
        found["rawPath"] = found["requestContext"]["http"]["path"] = path
        found["requestContext"]["http"]["method"] = method
        found["headers"] |= headers
    return found


def ask(event: dict[str, Any]) -> dict[str, Any]:
    handler = event_handler(create_app(service(limits=Limits(body_bytes=5_000_000))))
    return handler(event, Context(29_000))


@dataclass(frozen=True)
class Context(LambdaContext):
    """Says how much time is left, as Lambda's own does."""

    left_ms: int

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_is_judged_and_the_query_is_read(kind: str) -> None:
    answer = ask(event(kind, FORM, "multipart/form-data; boundary=b"))
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)
    verdict = json.loads(answer["body"])["verdicts"][0]
    assert (verdict["name"], verdict["stage"]) == ("small.jpg", "dimensions")
    assert verdict["reason"].startswith("too-small")


@pytest.mark.parametrize("kind", KINDS)
def test_binary_bodies_survive(kind: str) -> None:
    answer = ask(
        event(kind, bytes([0, 250, 0]) * (PICTURE_BYTES // 3), "application/octet-stream", path="/judge/raw")
    )
    assert json.loads(answer["body"])["verdicts"][0]["scores"]["novelty"] == pytest.approx(250 / 255)


@pytest.mark.parametrize("kind", KINDS)
def test_problems_and_the_page_are_text(kind: str) -> None:
    problem = ask(event(kind, b"{", "application/json", path="/judge/urls"))
    assert (problem["statusCode"], problem["isBase64Encoded"]) == (422, False)
    assert json.loads(problem["body"])["type"] == "urn:bowerbird:problem:invalid"
    page = ask(event(kind, b"", "text/plain", method="GET", path="/"))
    assert (page["statusCode"], page["isBase64Encoded"]) == (200, False)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_come_whole(kind: str) -> None:
    asked = event(kind, FORM, "multipart/form-data; boundary=b")
    asked["headers"]["accept"] = "application/x-ndjson"
    asked.get("multiValueHeaders", {})["accept"] = ["application/x-ndjson"]
    answer = ask(asked)
    assert json.loads(answer["body"])["name"] == "small.jpg"


@pytest.mark.parametrize("kind", KINDS)
def test_urls_are_judged(kind: str) -> None:
    answer = ask(
        event(kind, b'{"urls": ["https://i.example.com/a.jpg"]}', "application/json", path="/judge/urls")
    )
    assert json.loads(answer["body"])["verdicts"][0]["reason"] == "gone: 404"


@pytest.mark.parametrize("kind", KINDS)
def test_the_function_says_itself_that_time_is_up(kind: str) -> None:
    handler = event_handler(create_app(service()))
    asked = event(kind, FORM, "multipart/form-data; boundary=b")
    answer = handler(asked, Context(2_000))  # what is left is kept for the answer
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["type"]) == (503, "urn:bowerbird:problem:busy")
    assert "send fewer at once" in problem["detail"]
    assert answer["headers"]["retry-after"] == "1"
    assert handler(asked, Context(29_000))["statusCode"] == 200  # and goes on with the next
