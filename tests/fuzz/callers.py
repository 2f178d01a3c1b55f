"""Fuzzes what callers of our servers send, after the HTTP library has read it: forms, labels, frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from starlette.types import ASGIApp

from bowerbird.review.label.app import create_app as label_app
from bowerbird.review.label.session import open_session
from bowerbird.serve.anti_sus import BatchJudge
from bowerbird.serve.http.app import create_app as serve_app
from bowerbird.serve.http.multipart import uploads
from bowerbird.serve.http.problems import Problem
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.zmtp import Peer, RefusedError
from tests.fakes import FakeStore
from tests.integration.label import place
from tests.serving import service

_LIMITS = Limits(pictures=4, picture_bytes=4096, body_bytes=65536)
_PORT = 8000
_BOUNDARY = "edge"


def form(data: bytes) -> str:
    """A form of pictures, in pieces."""
    return asyncio.run(_form(data))


async def _form(data: bytes) -> str:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 97):
            yield data[start : start + 97]

    names = []
    try:
        async for upload in uploads(pieces(), f"multipart/form-data; boundary={_BOUNDARY}", _LIMITS):
            assert len(upload.data) <= _LIMITS.picture_bytes
            names.append(upload.name)
    except Problem as problem:
        return problem.word
    assert len(names) <= _LIMITS.pictures
    return "pictures"


def said(data: bytes) -> str:
    """The owner's word on a picture, as the label page sends it."""
    status = _asked(_label(), "PUT", "/pictures/0/label", data)
    assert status in {204, 400, 413, 422}, status
    return str(status)


def links(data: bytes) -> str:
    """A list of links to judge."""
    status = _asked(_serve(), "POST", "/judge/urls", data)
    assert status in {200, 413, 422}, status
    return str(status)


def peer(data: bytes) -> str:
    """All that a ZeroMQ client sends: greeting, commands, messages."""
    return asyncio.run(_peer(data))


async def _peer(data: bytes) -> str:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    sent = _Sent()
    with ThreadPoolExecutor(1) as pool:
        judge = BatchJudge(lambda _: True, pool, asyncio.Semaphore(2))
        one = Peer(reader, sent, Limits(idle_s=1.0))  # type: ignore[arg-type]
        try:
            await one.greet()
            while True:
                await one.send(await judge.reply(await judge.receive(one, await one.first())))
        except RefusedError as error:
            return str(error).partition(" of ")[0][:40]
        except asyncio.IncompleteReadError:
            assert len(sent.data) <= 4 * len(data) + 256
            return "answered" if len(sent.data) > _GREETED else "gone"


class _Sent:
    """The writing half of a connection, which keeps everything."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data

    async def drain(self) -> None:
        """Nobody has to wait."""


#: Our greeting and READY.
_GREETED = 64 + 2 + 6 + 12 + 10


def _asked(app: ASGIApp, method: str, path: str, body: bytes) -> int:
    own = f"localhost:{_PORT}"
    headers = {"host": own, "origin": f"http://{own}", "content-type": "application/json"}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http", "server": ("localhost", _PORT), "client": ("127.0.0.1", 1), "root_path": "",
        "asgi": {"version": "3.0"}, "http_version": "1.1", "extensions": {},
    }  # fmt: skip
    statuses: list[int] = []
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(app(scope, receive, send))
    (status,) = statuses
    return status


@cache
def _label() -> ASGIApp:
    store = FakeStore()
    place.fill(store)
    return label_app(open_session(store))


@cache
def _serve() -> ASGIApp:
    return serve_app(service(limits=_LIMITS))


def forms() -> list[bytes]:
    """Two files, a field that is none, and a form that is cut off."""
    part = '--edge\r\nContent-Disposition: form-data; name="pictures"; filename="ü.jpg"\r\n'
    file = part + "Content-Type: image/jpeg\r\n\r\nabc\r\n"
    field = '--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    texts = (file * 2 + "--edge--\r\n", file + field + "--edge--\r\n", file, part + "\r\n" + "a" * 5000)
    return [text.encode() for text in texts]


def words() -> list[bytes]:
    """Keep it, and do not."""
    return [b'{"keep": true}', b'{"keep": false}']


def lists() -> list[bytes]:
    """Two links."""
    return [json.dumps({"urls": ["https://example.org/a.jpg", "https://example.org/ü.png"]}).encode()]


def conversations() -> list[bytes]:
    """A greeting and READY, then a batch in two shapes, a heartbeat, and what is no batch."""
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
    ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ"
    start = greeting + bytes([4, len(ready)]) + ready
    ping = b"\x04PING\x00\x0ahello"
    beat = bytes([4, len(ping)]) + ping
    empty, short = b"\x01\x00", b"\x00\x03abc"
    return [
        start + empty + short,
        start + beat + empty + b"\x02" + (300).to_bytes(8, "big") + bytes(300),
        start + b"\x01\x05relay" + empty + short + beat + empty + short,
        greeting,
    ]


TARGETS: Mapping[str, tuple[Callable[[bytes], str], Callable[[], list[bytes]]]] = {
    "form": (form, forms),
    "label-api": (said, words),
    "urls-api": (links, lists),
    "zmtp": (peer, conversations),
}
#: What the sound ones come to.
ACCEPTED: Mapping[str, str] = {
    "form": "pictures",
    "label-api": "204",
    "urls-api": "200",
    "zmtp": "answered",
}
