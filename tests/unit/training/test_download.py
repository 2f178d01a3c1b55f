"""The downloader against a server that cuts off, redirects, ignores ranges and lies."""

import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bowerbird.core.errors import BundleError, RetryableError
from bowerbird.training.download import Remote, download

BODY = bytes(range(256)) * 800
SHA = hashlib.sha256(BODY).hexdigest()

Answer = Callable[[http.server.BaseHTTPRequestHandler, int], None]


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, list[str | None]]]:
    """`answer` gets the handler and the request's number, from 0; yields the URL and the Ranges asked."""
    ranges: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ranges.append(self.headers.get("Range"))
            answer(self, len(ranges) - 1)

        def log_message(self, *_: object) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/model.onnx", ranges
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def send(
    handler: http.server.BaseHTTPRequestHandler, body: bytes, *, stop: int | None = None, ranged: bool = True
) -> None:
    """The body from where it was asked; with `stop`, the connection ends after that many bytes."""
    asked = handler.headers.get("Range") if ranged else None
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    if start >= len(body):
        handler.send_error(416)
        return
    handler.send_response(206 if asked else 200)
    handler.send_header("Content-Length", str(len(body) - start))
    handler.end_headers()
    handler.wfile.write(body[start:][:stop])


def fetch(url: str, target: Path, *, most: int = len(BODY)) -> list[int]:
    seen: list[int] = []
    download(Remote(url, SHA, most), target, report=lambda have, _: seen.append(have), pause_s=0.0)
    return seen


def test_a_whole_file_arrives(tmp_path: Path) -> None:
    with server(lambda handler, _: send(handler, BODY)) as (url, ranges):
        seen = fetch(url, tmp_path / "new/model.onnx")

    assert (tmp_path / "new/model.onnx").read_bytes() == BODY
    assert seen[-1] == len(BODY)
    assert ranges == [None]


def test_a_cut_connection_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    with server(lambda handler, number: send(handler, BODY, stop=49_152 if number < 2 else None)) as (
        url,
        ranges,
    ):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx").read_bytes() == BODY
    assert ranges == [None, "bytes=49152-", "bytes=98304-"]


def test_a_server_that_ignores_ranges_is_read_from_the_start(tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").write_bytes(b"old")
    with server(lambda handler, _: send(handler, BODY, ranged=False)) as (url, _):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx").read_bytes() == BODY


def test_a_part_that_is_already_whole_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").write_bytes(BODY)
    with server(lambda handler, _: send(handler, BODY)) as (url, _):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx").read_bytes() == BODY


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler, number: int) -> None:
        if number == 0:
            handler.send_response(302)
            handler.send_header("Location", "/elsewhere")
            handler.end_headers()
        else:
            send(handler, BODY)

    with server(answer) as (url, _):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx").read_bytes() == BODY


@pytest.mark.parametrize("status", [503, 429])
def test_a_busy_server_is_asked_again(tmp_path: Path, status: int) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler, number: int) -> None:
        if number == 0:
            handler.send_error(status)
        else:
            send(handler, BODY)

    with server(answer) as (url, _):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx").exists()


def test_wrong_bytes_are_deleted_and_named(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: send(handler, BODY[::-1])) as (url, _),
        pytest.raises(BundleError, match=f"expected {SHA}"),
    ):
        fetch(url, tmp_path / "model.onnx")

    assert list(tmp_path.iterdir()) == []


def test_more_than_was_published_is_not_read(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: send(handler, BODY)) as (url, _),
        pytest.raises(BundleError, match="more than 1000 bytes"),
    ):
        fetch(url, tmp_path / "model.onnx", most=1000)

    assert not (tmp_path / "model.onnx").exists()


def test_a_file_that_is_gone_is_an_error_at_once(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: handler.send_error(404)) as (url, ranges),
        pytest.raises(BundleError, match="answers 404"),
    ):
        fetch(url, tmp_path / "model.onnx")

    assert len(ranges) == 1


def test_a_server_that_never_finishes_leaves_the_part_for_next_time(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: send(handler, BODY, stop=16_384)) as (url, _),
        pytest.raises(RetryableError, match="run it again to continue"),
    ):
        fetch(url, tmp_path / "model.onnx")

    assert (tmp_path / "model.onnx.part").read_bytes() == BODY[: 6 * 16_384]


def test_a_file_that_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(BODY)
    with server(lambda handler, _: send(handler, BODY)) as (url, ranges):
        fetch(url, tmp_path / "model.onnx")

    assert ranges == []


def test_a_name_that_does_not_resolve_is_told_at_once_and_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(RetryableError) as told:
        fetch("http://nowhere.invalid/model.onnx", tmp_path / "model.onnx")

    assert str(told.value) == (
        "this machine finds no nowhere.invalid: look whether it is online, and at its DNS; then run it again"
    )


def test_a_closed_port_and_a_cut_are_told_in_plain_words(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: send(handler, BODY, stop=10)) as (url, _),
        pytest.raises(RetryableError, match=r"^127\.0\.0\.1 cut the connection, 6 times; run it again"),
    ):
        fetch(url, tmp_path / "model.onnx")

    with pytest.raises(RetryableError, match=r"^127\.0\.0\.1 takes no connection, 6 times; run it again"):
        fetch(url, tmp_path / "model.onnx")


def test_a_server_without_the_right_certificate_is_told_in_plain_words(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: send(handler, BODY)) as (url, _),
        pytest.raises(RetryableError, match=r"127\.0\.0\.1 does not prove who it is"),
    ):
        fetch(url.replace("http:", "https:"), tmp_path / "model.onnx")


def test_a_busy_server_that_stays_so_is_told_in_plain_words(tmp_path: Path) -> None:
    with (
        server(lambda handler, _: handler.send_error(503)) as (url, _),
        pytest.raises(RetryableError, match=r"answered that it is busy \(status 503\), 6 times"),
    ):
        fetch(url, tmp_path / "model.onnx")
