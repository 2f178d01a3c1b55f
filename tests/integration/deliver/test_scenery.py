"""Every answer of the real route, from a loopback server that follows it."""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.scenery import MAX_IMAGE_BYTES, Scenery, understand
from tests.integration.deliver.scenery_server import Scenery as Server
from tests.integration.deliver.scenery_server import serving
from tests.pictures import encoded, gradient

PICTURE = encoded(gradient(64, 48))


@dataclass(frozen=True)
class Offer:
    """A picture as it is offered."""

    image: bytes = PICTURE
    password: str = "opensesame"
    source_url: str | None = "https://www.reddit.com/r/a/1"
    timeout_s: float = 10.0

    def to(self, server: Server) -> Answer:
        client = Scenery(server.url, self.password, timeout_s=self.timeout_s)
        tags = ("from_bowerbird", "ü")
        told = About("images/ab/abc.jpg", datetime(2026, 11, 26, tzinfo=UTC))
        return client.import_image(
            self.image, filename="abc.jpg", source_url=self.source_url, tags=tags, about=told
        )


def test_a_picture_arrives_with_all_its_fields() -> None:
    with serving(Server()) as server:
        answer = Offer().to(server)
    assert answer == Answer(Outcome.IMPORTED, "Success! Image id = 1", (1,))
    (imported,) = server.images
    assert imported.source_url == "https://www.reddit.com/r/a/1"
    assert imported.tags == ("from_bowerbird", "ü", "horizontal")
    assert imported.filename == "abc.jpg"


def test_the_same_bytes_again_are_there_already() -> None:
    with serving(Server()) as server:
        Offer().to(server)
        answer = Offer().to(server)
    assert (answer.outcome, answer.ids) == (Outcome.ALREADY, (1,))
    assert len(server.images) == 1


@pytest.mark.parametrize("found", [[4, 9], [{"image_id": 4}, {"image_id": 9}]])
def test_a_similar_picture_is_there(found: list[object]) -> None:
    server = Server()
    with serving(server):
        Offer().to(server)
        server.similar = {server.images.pop().sha256: found}
        answer = Offer().to(server)
    assert (answer.outcome, answer.ids) == (Outcome.SIMILAR, (4, 9))


def test_what_is_no_picture_is_refused() -> None:
    with serving(Server()) as server:
        assert Offer(b"GIF89a...").to(server).outcome is Outcome.REFUSED


def test_fail_is_a_failure_that_may_pass() -> None:
    with serving(Server()) as server:
        assert Offer(PICTURE[:2] + b"\xff" * 9).to(server) == Answer(Outcome.FAILED, "fail")


def test_a_source_it_does_not_take_is_said_so() -> None:
    with serving(Server()) as server:
        assert Offer(source_url="http://192.168.1.2/a.jpg").to(server).outcome is Outcome.INVALID_URL


def test_a_picture_beyond_the_limit_is_refused_and_the_largest_is_taken() -> None:
    with serving(Server()) as server:
        assert (
            Offer(PICTURE + bytes(MAX_IMAGE_BYTES - len(PICTURE) + 1)).to(server).outcome is Outcome.REFUSED
        )
        assert Offer(PICTURE + bytes(MAX_IMAGE_BYTES - len(PICTURE))).to(server).outcome is Outcome.IMPORTED


def test_a_wrong_password_is_an_empty_answer() -> None:
    with serving(Server()) as server:
        answer = Offer(password="wrong").to(server)
    assert answer == Answer(Outcome.MISCONFIGURED, "no reply: the password is wrong")


def test_a_wrong_password_may_also_never_be_answered() -> None:
    with serving(Server(silent=True)) as server:
        answer = Offer(password="wrong", timeout_s=0.2).to(server)
    assert answer.outcome is Outcome.UNCLEAR
    assert "check the password" in answer.detail
    assert "wrong" not in answer.detail


@pytest.mark.parametrize("how", ["cut", "drop"])
def test_an_answer_that_breaks_off_says_nothing_about_the_picture(how: str) -> None:
    with serving(Server(next_answers=[how])) as server:
        assert Offer().to(server).outcome is Outcome.UNCLEAR
    assert len(server.images) == 1


def test_nobody_there_is_not_the_pictures_fault() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer = Offer().to(Server(url=f"http://127.0.0.1:{closed.getsockname()[1]}"))
    assert answer.outcome is Outcome.UNREACHABLE


def test_a_redirect_is_not_followed_with_the_password() -> None:
    with serving(Server()) as elsewhere, serving(Server()) as server:
        server.next_answers = [(301, f"{elsewhere.url}/import_image".encode())]
        answer = Offer().to(server)
    assert answer.outcome is Outcome.MISCONFIGURED
    assert elsewhere.url in answer.detail
    assert elsewhere.requests == 0


def test_proxies_of_the_environment_do_not_see_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Server()) as proxy, serving(Server()) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert Offer().to(server).outcome is Outcome.IMPORTED
    assert proxy.requests == 0


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (500, b"", Outcome.FAILED),
        (503, b"<html>", Outcome.FAILED),
        (429, b"", Outcome.FAILED),
        (502, b"<html>", Outcome.UNCLEAR),
        (504, b"<html>", Outcome.UNCLEAR),
        (400, b"{}", Outcome.MISCONFIGURED),
        (404, b"<html>", Outcome.MISCONFIGURED),
        (200, b"<!doctype html>", Outcome.MISCONFIGURED),
        (200, b"[]", Outcome.MISCONFIGURED),
        (200, b'{"message":"Can\'t calculate_all_image_features"}', Outcome.IMPORTED),
        (200, b'{"message":"Can\'t generate thumbnail"}', Outcome.REFUSED),
        (200, b'{"message":"never heard of"}', Outcome.FAILED),
        (
            200,
            b'{"message":"Similar image is already in the db. Image ids = [object Object] "}',
            Outcome.SIMILAR,
        ),
    ],
)
def test_the_other_answers(status: int, body: bytes, outcome: Outcome) -> None:
    assert understand(status, body).outcome is outcome


@pytest.mark.parametrize(
    "url", ["scenery", "ftp://a", "http://", "http://me:secret@host", "http://host/?x=1", "http://[::1"]
)
def test_an_address_that_cannot_be_scenery_is_said_so(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Scenery(url, "p", timeout_s=1)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://s.example", "https://s.example/", "https://s.example/import_image"])
def test_the_address_is_written_with_or_without_the_route(url: str) -> None:
    assert Scenery(url, "p", timeout_s=1).name == "https://s.example"
