"""A Reddit on loopback that lives on simulated time: posts appear at a chosen rate, and things go wrong.

Post number n is created at n / rate; ids are counted without gaps, so that what is missing can be counted.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from bowerbird.crawl.following.listing_run import fullname

FIRST = int("kzj000", 36)
DEPTH = 1000
SECRET = "the-client-secret"
REFRESH = "the-refresh-token"


#: status, body and headers of what goes wrong
FAULTS: Final[dict[str, tuple[int, bytes, dict[str, str]]]] = {
    "401": (401, b'{"message": "Unauthorized", "error": 401}', {}),
    "403": (403, b"<html><body>Blocked</body></html>", {}),
    "429": (429, b"Too Many Requests", {"Retry-After": "30"}),
    "500": (500, b"oops", {}),
    "html": (200, b"<!doctype html><title>Prove that you are human</title>", {}),
    "login": (302, b"", {"Location": "https://www.reddit.com/login/"}),
    "cut": (200, b'{"kind": "Listing", "data"', {"Content-Length": "5000"}),
}


class Clock:
    """Simulated seconds; whoever sleeps moves them."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@dataclass
class LoopbackReddit:
    """`faults` are used up one a listing request, in order; a latency passes at every request.

    `late` makes posts galleries: each of their pictures is ready so many seconds after the post.
    """

    clock: Clock
    rate: float
    latency: float = 0.1
    published: int = 100
    deleted: set[int] = field(default_factory=set)
    late: dict[int, tuple[float, ...]] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    listings: deque[bytes] = field(default_factory=deque)
    asked_at: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    grants: list[dict[str, list[str]]] = field(default_factory=list)
    api: str = ""
    www: str = ""

    def __post_init__(self) -> None:
        self.born = self.clock.now

    def newest(self, at: float | None = None) -> int:
        """The number of the last post created by then."""
        return FIRST + int(((at or self.clock.now) - self.born) * self.rate)

    def created(self, number: int) -> float:
        return self.born + (number - FIRST) / self.rate

    def listing(
        self, query: dict[str, list[str]], stale_s: float = 0.0, subreddit: str = "all"
    ) -> dict[str, Any]:
        """What /new shows: at most a thousand posts, and nothing after a post that is not among them."""
        newest = self.newest(self.clock.now - stale_s)
        shown: list[int] = []
        number = newest
        while len(shown) < DEPTH and number >= FIRST:
            if number not in self.deleted and subreddit in {"all", self.subreddit(number)}:
                shown.append(number)
            number -= 1
        start = 0
        if "after" in query:
            anchor = int(query["after"][0].removeprefix("t3_"), 36)
            if anchor in self.deleted:
                shown = []
            elif stale_s:
                start = next((i for i, number in enumerate(shown) if number < anchor), len(shown))
            else:
                start = shown.index(anchor) + 1 if anchor in shown else len(shown)
        limit = int(query.get("limit", ["25"])[0])
        page = shown[start : start + limit]
        more = len(shown) > start + limit
        return listing([self.submission(n) for n in page], fullname(page[-1]) if more else None)

    def info(self, query: dict[str, list[str]]) -> dict[str, Any]:
        numbers = [int(name.removeprefix("t3_"), 36) for name in query["id"][0].split(",")]
        assert len(numbers) <= 100
        alive = [n for n in numbers if FIRST <= n <= self.newest() and n not in self.deleted]
        return listing([self.submission(n) for n in alive], None)

    def subreddit(self, number: int) -> str:
        return "EarthPorn" if number % 2 else "SkyPorn"

    def submission(self, number: int) -> dict[str, Any]:
        name = fullname(number)
        return {
            "name": name,
            "id": name.removeprefix("t3_"),
            "subreddit": self.subreddit(number),
            "title": f"Post {number}",
            "url": f"https://i.redd.it/{name}.jpg",
            "created_utc": self.created(number),
        } | self.gallery(number)

    def gallery(self, number: int) -> dict[str, Any]:
        """What Reddit shows of a gallery, whose pictures it calls failed until they are ready."""
        if number not in self.late:
            return {}
        age = self.clock.now - self.created(number)
        ready = {"status": "valid", "e": "Image", "m": "image/jpg"}
        media = [ready if age >= seconds else {"status": "failed"} for seconds in self.late[number]]
        return {
            "url": f"https://www.reddit.com/gallery/{fullname(number).removeprefix('t3_')}",
            "is_gallery": True,
            "media_metadata": {f"p{number - FIRST}n{n}": item for n, item in enumerate(media)},
        }


def listing(submissions: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    children = [{"kind": "t3", "data": data} for data in submissions]
    return {"kind": "Listing", "data": {"after": after, "dist": len(children), "children": children}}


class _Handler(http.server.BaseHTTPRequestHandler):
    reddit: ClassVar[LoopbackReddit]
    lock: ClassVar[threading.Lock]
    protocol_version = "HTTP/1.1"
    # Without it, the small headers and the body wait for each other's acknowledgement.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.lock:
            self.reddit.grants.append(parse_qs(body))
            self.reddit.tokens += 1
            token = {"access_token": f"token-{self.reddit.tokens}", "expires_in": 3600, "scope": "*"}
            self.answer(200, json.dumps(token | {"token_type": "bearer"}).encode())

    def do_GET(self) -> None:
        with self.lock:
            self.get()

    def get(self) -> None:
        self.reddit.clock.now += self.reddit.latency
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        self.reddit.asked[url.path] += 1
        self.reddit.asked_at.append(self.reddit.clock.now)
        fault = self.reddit.faults.popleft() if self.reddit.faults else ""
        if self.headers["Authorization"] != f"bearer token-{self.reddit.tokens}":
            fault = "401"
        if fault in FAULTS:
            self.close_connection = fault == "cut"
            self.answer(*FAULTS[fault])
        elif self.reddit.listings:
            self.answer(200, self.reddit.listings.popleft())
        elif url.path == "/api/info":
            self.answer(200, json.dumps(self.reddit.info(query)).encode(), self.limits())
        else:
            stale_s = float(fault.removeprefix("stale ")) if fault.startswith("stale") else 0.0
            page = json.dumps(self.reddit.listing(query, stale_s, url.path.split("/")[2])).encode()
            self.answer(200, page[:-50] if fault == "half" else page, self.limits())

    def limits(self) -> dict[str, str]:
        """Reddit averages over ten minutes, told from the window's start."""
        reset = 600 - (self.reddit.clock.now - self.reddit.born) % 600
        used = sum(1 for at in self.reddit.asked_at if at >= self.reddit.clock.now - (600 - reset))
        return {
            "X-Ratelimit-Used": str(used),
            "X-Ratelimit-Remaining": f"{max(0, self.reddit.published * 10 - used)}.0",
            "X-Ratelimit-Reset": f"{reset:.0f}",
        }

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def loopback_reddit(clock: Clock, rate: float) -> Iterator[LoopbackReddit]:
    """Serve until the block ends."""
    reddit = LoopbackReddit(clock, rate)
    handler = type("Handler", (_Handler,), {"reddit": reddit, "lock": threading.Lock()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    port = server.server_address[1]
    # Two names for one server, because tokens come from another host than listings.
    reddit.api, reddit.www = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield reddit
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
