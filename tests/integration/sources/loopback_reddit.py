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
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.crawl.reading import fullname

FIRST = int("kzj000", 36)
DEPTH = 1000
SECRET = "the-client-secret"
REFRESH = "the-refresh-token"


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
    """`faults` are used up one a listing request, in order; a latency passes at every request."""

    clock: Clock
    rate: float
    latency: float = 0.1
    published: int = 100
    deleted: set[int] = field(default_factory=set)
    faults: deque[str] = field(default_factory=deque)
    listings: deque[bytes] = field(default_factory=deque)
    asked_at: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    refused: int = 0
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

    def listing(self, query: dict[str, list[str]], stale_s: float = 0.0) -> dict[str, Any]:
        """What /new shows: at most a thousand posts, and nothing after a post that is not among them."""
        newest = self.newest(self.clock.now - stale_s)
        shown: list[int] = []
        number = newest
        while len(shown) < DEPTH and number >= FIRST:
            if number not in self.deleted:
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

    def submission(self, number: int) -> dict[str, Any]:
        name = fullname(number)
        return {
            "name": name,
            "id": name.removeprefix("t3_"),
            "subreddit": "EarthPorn" if number % 2 else "SkyPorn",
            "title": f"Post {number}",
            "url": f"https://i.redd.it/{name}.jpg",
            "created_utc": self.created(number),
        }


def listing(submissions: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    children = [{"kind": "t3", "data": data} for data in submissions]
    return {"kind": "Listing", "data": {"after": after, "dist": len(children), "children": children}}


@contextmanager
def loopback_reddit(clock: Clock, rate: float, **options: Any) -> Iterator[LoopbackReddit]:
    """Serve until the block ends."""
    reddit = LoopbackReddit(clock, rate, **options)
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without it, the small headers and the body wait for each other's acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            with lock:
                reddit.grants.append(parse_qs(body))
                reddit.tokens += 1
                token = {"access_token": f"token-{reddit.tokens}", "expires_in": 3600, "scope": "*"}
                self.answer(200, json.dumps(token | {"token_type": "bearer"}).encode())

        def do_GET(self) -> None:
            with lock:
                self.get()

        def get(self) -> None:
            clock.now += reddit.latency
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            reddit.asked[url.path] += 1
            reddit.asked_at.append(clock.now)
            fault = reddit.faults.popleft() if reddit.faults else ""
            if self.headers["Authorization"] != f"bearer token-{reddit.tokens}" or fault == "401":
                self.answer(401, b'{"message": "Unauthorized", "error": 401}')
            elif fault == "429":
                reddit.refused += 1
                self.answer(429, b"Too Many Requests", {"Retry-After": "30"})
            elif fault == "403":
                self.answer(403, b"<html><body>Blocked</body></html>")
            elif fault == "500":
                self.answer(500, b"oops")
            elif fault == "html":
                self.answer(200, b"<!doctype html><title>Prove that you are human</title>")
            elif fault == "login":
                self.answer(302, b"", {"Location": "https://www.reddit.com/login/"})
            elif fault == "cut":
                self.close_connection = True
                self.answer(200, b'{"kind": "Listing", "data"', {"Content-Length": "5000"})
            elif fault == "half":
                self.answer(200, json.dumps(reddit.listing(query)).encode()[:-50])
            elif reddit.listings:
                self.answer(200, reddit.listings.popleft())
            elif url.path == "/api/info":
                self.answer(200, json.dumps(reddit.info(query)).encode(), self.limits())
            else:
                stale_s = float(fault.removeprefix("stale ") or 0) if fault.startswith("stale") else 0.0
                self.answer(200, json.dumps(reddit.listing(query, stale_s)).encode(), self.limits())

        def limits(self) -> dict[str, str]:
            """Reddit averages over ten minutes, told from the window's start."""
            reset = 600 - (clock.now - reddit.born) % 600
            used = sum(1 for at in reddit.asked_at if at >= clock.now - (600 - reset))
            return {
                "X-Ratelimit-Used": str(used),
                "X-Ratelimit-Remaining": f"{max(0, reddit.published * 10 - used)}.0",
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

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
