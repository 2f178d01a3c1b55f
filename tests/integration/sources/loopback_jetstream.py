"""A Jetstream on loopback that lives on simulated time: events appear at a chosen rate, and things go wrong.

Event number n happens n / rate seconds after the beginning, so that what is missing can be counted. Of ten
events one is a post with a picture, six are texts, one is a deletion, and the others are somebody's name and
account. Whatever asks without WebSocket is answered as any host would be: the server is a gateway.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.loopback import Answer

HOST: Final = "jetstream2.us-east.bsky.network"
WINDOW_S: Final = 36 * 3600.0

#: A frame of zstd that holds `{}` as it is: RFC 8878, 3.1.1.
ZSTD: Final = b"\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00{}"

GARBAGE: Final[tuple[str | bytes, ...]] = (
    *("", "{", "[]", "null", '"at"', "NaN", "[" * 5000, '{"did": 5}', "\N{PILE OF POO}" * 100),
    *('{"did": "did:plc:' + "a" * 24 + '", "time_us": 12345, "kind": "commit"}', b"\x00\xff" * 40, ZSTD),
    '{"did": "did:plc:' + "a" * 24 + '", "time_us": 9999999999999999, "kind": "identity"}',
)


@dataclass
class Clock:
    """Simulated seconds since 1970; only the test moves them."""

    now: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def did_of(number: int) -> str:
    """Somebody."""
    return f"did:plc:{number % 1000:a>24}"


def cid_of(number: int) -> str:
    return f"bafkrei{number:a>52}"


def uri_of(number: int) -> str:
    return f"at://{did_of(number)}/app.bsky.feed.post/k{number}"


def post(number: int, **record: Any) -> dict[str, Any]:
    """The record of a post with a picture."""
    image = {
        "alt": f"Picture {number}",
        "aspectRatio": {"width": 2000, "height": 1500},
        "image": {
            "$type": "blob",
            "ref": {"$link": cid_of(number)},
            "mimeType": "image/jpeg",
            "size": 900_000,
        },
    }
    whole = {
        "$type": "app.bsky.feed.post",
        "createdAt": "2026-11-26T08:15:16.553Z",
        "langs": ["en"],
        "text": f"Post {number}",
        "embed": {"$type": "app.bsky.embed.images", "images": [image]},
    }
    return whole | record


def commit(number: int, operation: str, key: str, record: dict[str, Any] | None = None) -> dict[str, Any]:
    told = {"rev": "3k", "operation": operation, "collection": "app.bsky.feed.post", "rkey": key}
    return {"did": did_of(number), "kind": "commit", "commit": told | ({"record": record} if record else {})}


def is_picture(number: int) -> bool:
    return number % 10 == 0


def event(number: int) -> dict[str, Any]:
    """What happens at this number."""
    match number % 10:
        case 0:
            return commit(number, "create", f"k{number}", post(number))
        case 7:
            return commit(number, "delete", f"gone{number}")
        case 8:
            identity = {"did": did_of(number), "handle": "name.example.org", "seq": number}
            return {"did": did_of(number), "kind": "identity", "identity": identity}
        case 9:
            account = {"active": True, "did": did_of(number), "seq": number}
            return {"did": did_of(number), "kind": "account", "account": account}
    return commit(number, "create", f"k{number}", post(number, embed=None))


@dataclass
class LoopbackJetstream:
    """`faults` are used up one a connection, in order; `script` overrides what happens at a number."""

    clock: Clock
    rate: float
    window_s: float = WINDOW_S
    compression: str | None = None
    faults: deque[str] = field(default_factory=deque)
    script: dict[int, dict[str, Any]] = field(default_factory=dict)
    cursors: list[int | None] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    answer: Callable[[str, str], Answer] = lambda _host, _path: (404, "text/plain", b"")
    lost: list[int] = field(default_factory=list)
    gateway: str = ""

    def __post_init__(self) -> None:
        self.born = self.clock.now
        self.ends = threading.Event()

    def newest(self) -> int:
        """The number of the last event that has happened."""
        return int((self.clock.now - self.born) * self.rate)

    def time_us(self, number: int) -> int:
        return round((self.born + number / self.rate) * 1e6)

    def first(self, cursor: int | None) -> int:
        """Where playback begins: clamped to the window; live without a cursor, or with a later one."""
        if cursor is None or cursor > self.clock.now * 1e6:
            return self.newest()
        oldest = max(cursor / 1e6, self.clock.now - self.window_s)
        return max(0, int((oldest - self.born) * self.rate))

    def message(self, number: int) -> str:
        return json.dumps({"time_us": self.time_us(number), **(self.script.get(number) or event(number))})

    def numbers(self, cursor: int | None, fault: str) -> Iterator[int]:
        """What is played: all up to now, then silence."""
        first, last = self.first(cursor), self.newest()
        whole = range(first, last + 1)
        match fault:
            case "repeat":
                yield from (each for number in whole for each in (number, number))
            case "reorder":  # live events before the end of the playback, and neighbours the wrong way round
                ahead = list(whole[-20:-1])
                yield from (number ^ 1 for number in whole[: len(whole) // 2] if number ^ 1 in whole)
                yield from ahead
                yield from whole[len(whole) // 2 & ~1 :]
            case "ahead":  # what is live right now comes in the middle of the playback
                yield from whole[:300]
                yield last
                yield from whole[300:]
            case (
                "rewind"
            ):  # as servers do that resume from the beginning of a file: bluesky-social/jetstream#343
                yield from range(last + 1)
            case "lose":
                self.lost += whole[10:20]
                yield from (number for number in whole if number not in self.lost)
            case _:
                yield from whole

    def play(self, socket: ServerConnection) -> None:
        """One connection, until it is cut, closed, or has played all."""
        query = parse_qs(urlsplit(socket.request.path if socket.request else "").query)
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        self.queries.append(query)
        self.cursors.append(cursor)
        fault = self.faults.popleft() if self.faults else ""
        word, _, count = fault.partition(" ")
        for sent, number in enumerate(self.numbers(cursor, word)):
            if word == "garbage" and sent % 50 == 0:
                for junk in GARBAGE:
                    socket.send(junk)
            if count and sent == int(count):
                if word == "cut":
                    socket.socket.close()
                    return
                if word == "close":
                    socket.close(1012, "restarting")
                    return
                if word == "oversized":
                    socket.send(json.dumps({"did": "x" * 2_000_000}))
                if word == "silent":
                    break
            socket.send(self.message(number))
        self.ends.wait(10)

    def handle(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed, OSError):
            self.play(socket)

    def request(self, _: ServerConnection, request: Request) -> Response | None:
        host = request.headers["Host"]
        self.agents.add(request.headers.get("User-Agent", ""))
        if request.headers.get("Upgrade", "").lower() == "websocket":
            assert host.endswith(".bsky.network"), host
            word, _, status = (self.faults[0] if self.faults else "").partition(" ")
            if word != "refuse":
                return None
            self.faults.popleft()
            headers = Headers({"Retry-After": "30"} if status == "429" else {})
            if status == "302":
                headers["Location"] = "wss://elsewhere.example/subscribe"
            headers["Content-Length"] = "0"
            return Response(int(status), HTTPStatus(int(status)).phrase, headers)
        self.asked[host + request.path] += 1
        code, kind, body = self.answer(host, request.path)
        headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
        return Response(code, HTTPStatus(code).phrase, headers, body)

    def dated(self, _: ServerConnection, __: Request, response: Response) -> None:
        if "Date" in response.headers:
            del response.headers["Date"]
        response.headers["Date"] = formatdate(self.clock.now, usegmt=True)


@contextmanager
def loopback_jetstream(clock: Clock, rate: float, **options: Any) -> Iterator[LoopbackJetstream]:
    """Serve until the block ends."""
    jetstream = LoopbackJetstream(clock, rate, **options)
    server = serve(
        jetstream.handle,
        "127.0.0.1",
        0,
        process_request=jetstream.request,
        process_response=jetstream.dated,
        compression=jetstream.compression,
        ping_interval=None,
        close_timeout=0.1,
    )
    jetstream.gateway = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield jetstream
    finally:
        jetstream.ends.set()
        server.shutdown()
        thread.join()
