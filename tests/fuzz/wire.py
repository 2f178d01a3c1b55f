"""What is read off the wire: a server on loopback says any bytes to all of us who ask servers."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from bowerbird.core.errors import RetryableError, UsageError
from bowerbird.deliver.about import About
from bowerbird.deliver.deliverer import Gallery
from bowerbird.deliver.galleries import find_gallery
from bowerbird.deliver.settings import GallerySettings
from bowerbird.net import HttpFetcher, Limits
from bowerbird.net.atproto import AtprotoFetcher
from bowerbird.notify.channels import find_channel
from bowerbird.notify.message import Channel, Message
from bowerbird.notify.settings import NotifySettings
from tests.fuzz.answers import Answering

_KEY = "opensesame"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ABOUT = About(f"images/aa/{'a' * 64}.jpg", datetime(2026, 3, 1, tzinfo=UTC), title="Fog", tags=("fog",))


class Wire:
    """Says `body` to each connection, whatever it asks, and hangs up. With `at_once` it says it unasked."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.body = b""
        self._at_once = at_once
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if not self._at_once:
                _read_request(connection)
            connection.sendall(self.body)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):  # closing with unread bytes would take back what we said
                pass


def _read_request(connection: socket.socket) -> None:
    head, end, rest = b"", b"", b""
    while not end:
        data = connection.recv(65536)
        if not data:
            return
        head += data
        head, end, rest = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = (int(length[1]) if length else 0) - len(rest)
    while missing > 0:
        missing -= len(connection.recv(65536)) or missing


def fetched(data: bytes) -> str:
    """An answer with its status, headers and body, to the fetcher; its redirects lead to the same answer."""
    _http().body = data
    try:
        answer = _fetcher().fetch("https://p.example/a.jpg", accept="image/*", max_bytes=4096)
    except RetryableError as error:
        return error.word or "busy"
    assert len(answer.body) <= 4096
    assert answer.url.startswith(("http://", "https://"))
    return "fetched"


def delivered(data: bytes) -> str:
    """An answer to a delivery; which gallery asks, the bytes decide."""
    _http().body = data
    galleries = _galleries()
    gallery = galleries[zlib.crc32(data[-64:]) % len(galleries)]
    answer = gallery.import_image(
        b"picture", filename="a.jpg", source_url="https://p.example/", tags=["fog"], about=_ABOUT
    )
    _check_said(answer.detail)
    json.dumps([answer.detail, answer.ids, answer.wait_s]).encode()
    return answer.outcome.value


def told(data: bytes) -> str:
    """An answer to a message to the owner: over HTTP and by mail."""
    word = "told"
    for wire, channel in _channels():
        wire.body = data
        try:
            channel.send(Message("keeps", "Kept", "Fog"))
        except (RetryableError, UsageError) as error:
            _check_said(str(error))
            word = type(error).__name__
        else:
            return "told"
    return word


def _check_said(text: str) -> None:
    """What a server said is shown to people, and kept."""
    assert text.isprintable(), text
    assert len(text) <= 500
    assert _KEY not in text


def author(data: bytes) -> str:
    """The document of a DID, which is its author's profile and picture too."""
    body = data[:100_000]
    try:
        answer = AtprotoFetcher(Answering(body)).fetch(
            f"at://did:plc:{'a' * 24}/xrpc/com.atproto.sync.getBlob", accept="image/*", max_bytes=4096
        )
    except RetryableError as error:
        return error.word or "not JSON"
    assert answer.url.startswith("https://")
    return "picture"


@cache
def _http() -> Wire:
    return Wire()


@cache
def _fetcher() -> HttpFetcher:
    limits = Limits(connect_s=5, read_s=5, total_s=10, redirects=3)
    return HttpFetcher(
        user_agent="bowerbird-test/1", limits=limits, gateway=f"http://127.0.0.1:{_http().port}"
    )


@cache
def _galleries() -> list[Gallery]:
    settings = GallerySettings(
        immich_api_key=_KEY,  # type: ignore[arg-type]
        hydrus_access_key=_KEY,  # type: ignore[arg-type]
        photoprism_token=_KEY,  # type: ignore[arg-type]
        scenery_password=_KEY,  # type: ignore[arg-type]
        webhook_secret=_KEY,  # type: ignore[arg-type]
        deliver_album="Fog",
    )
    specs = [
        find_gallery(f"{name}:http://127.0.0.1:{_http().port}")
        for name in ("immich", "hydrus", "photoprism", "scenery", "webhook")
    ]
    return [spec.open(argument, settings).gallery for spec, argument in specs]


@cache
def _channels() -> list[tuple[Wire, Channel]]:
    post = Wire(at_once=True)
    settings = NotifySettings(
        smtp_url=f"smtp://ann@127.0.0.1:{post.port}",
        smtp_password=_KEY,
        ntfy_token=_KEY,  # type: ignore[arg-type]
    )
    ntfy, argument = find_channel(f"ntfy:http://127.0.0.1:{_http().port}/topic")
    mail, receiver = find_channel("mail:ann@example.org")
    return [(_http(), ntfy.open(argument, settings)), (post, mail.open(receiver, settings))]


def answers() -> list[bytes]:
    """Whole answers: a picture, in pieces, moved, gone, busy, compressed, one that opts out."""
    ok = "HTTP/1.1 200 OK\r\n"
    texts = (
        f"{ok}Content-Type: image/jpeg\r\nContent-Length: 7\r\n\r\npicture",
        f"{ok}Transfer-Encoding: chunked\r\n\r\n7\r\npicture\r\n0\r\n\r\n",
        f"{ok}Transfer-Encoding: chunked\r\n\r\n-5\r\npicture",
        "HTTP/1.1 302 Found\r\nLocation: https://q.example/b.jpg?c\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 301 Moved\r\nLocation: ../b.jpg\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
        "HTTP/1.1 503 Busy\r\nRetry-After: Thu, 14 Nov 2024 22:13:46 GMT\r\nContent-Length: 0\r\n\r\n",
        f"{ok}X-Robots-Tag: bowerbird-test: noai, noindex\r\nContent-Length: 0\r\n\r\n",
    )  # fmt: skip
    packed = zlib.compress(b"picture" * 20)
    head = f"{ok}Content-Encoding: deflate\r\nContent-Length: {len(packed)}\r\n\r\n"
    return [*(text.encode() for text in texts), head.encode() + packed]


def replies() -> list[bytes]:
    """What each gallery says when it takes a picture, and what they say when they do not."""
    said = (
        {"id": "asset-1", "status": "created", "albumName": "Fog", "value": "fog"},
        [{"id": "album-1", "albumName": "Fog", "value": "fog"}],
        {"status": 1, "hash": "a" * 64, "service": {"name": "my tags", "service_key": "6c6f"}},
        {"status": [1], "user": {"UID": "uabc"}},
        {"user": {"UID": "uabc"}, "code": 200, "message": "upload has been processed"},
        {"message": "Success! Image id = 17"},
        {"message": 'Similar image is already in the db. Image ids = [{"image_id": 1}]'},
    )
    refused = {"message": [f"no {_KEY}", "\x1b[31mno\u202e"], "error": "no", "statusCode": 400}
    found = [_reply(200, each) for each in said]
    return [*found, *(_reply(status, refused) for status in (400, 401, 409, 422, 500, 503)), *answers()[2:4]]


def notices() -> list[bytes]:
    """ntfy's word, and a whole conversation with a mail server, which says all of it at once."""
    hello = b"220 mail ESMTP\r\n250-mail\r\n250 AUTH PLAIN LOGIN\r\n"
    conversation = hello + b"235 welcome\r\n" + b"250 fine\r\n" * 2 + b"354 go on\r\n250 taken\r\n221 bye\r\n"
    refused = [hello + b"535 5.7.8 \x1b[31mno\r\n", hello + b"235 welcome\r\n250 fine\r\n550 \xff no\r\n" * 2]
    return [_reply(200, {"id": "x"}), _reply(403, {"error": f"\x1b[31m{_KEY}"}), conversation, *refused]


def authors() -> list[bytes]:
    """A document with a profile's labels in it."""
    service = {
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": "https://pds.example",
    }
    record = {"labels": {"values": [{"val": "bot"}]}}
    return [json.dumps({"id": "did:plc:" + "a" * 24, "service": [service], "value": record}).encode()]


def _reply(status: int, said: object) -> bytes:
    body = json.dumps(said).encode()
    kind = "Content-Type: application/json"
    return f"HTTP/1.1 {status} X\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


TARGETS: Mapping[str, tuple[Callable[[bytes], str], Callable[[], list[bytes]]]] = {
    "http": (fetched, answers),
    "gallery": (delivered, replies),
    "notice": (told, notices),
    "author": (author, authors),
}
#: What the sound ones come to.
ACCEPTED: Mapping[str, str] = {
    "http": "fetched",
    "gallery": "imported",
    "notice": "told",
    "author": "picture",
}
