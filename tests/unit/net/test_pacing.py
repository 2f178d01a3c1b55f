import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.net import HostTurns, HttpFetcher, Limits
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.pacing import DEFAULT_LIMIT, troubles
from tests.unit.net.conftest import RawServer

Serve = Callable[..., RawServer]

LIMITS = {"upload.wikimedia.org": Limit(10, 1, 2), "api.imgur.com": Limit(500, 3600, 4)}
OK = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\npicture"


class Clock:
    """Simulated seconds; nobody may sleep unless told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def turns(clock: Clock | None = None) -> HostTurns:
    clock = clock or Clock()
    return HostTurns(Limiter(LIMITS, DEFAULT_LIMIT, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0))


def get(fetcher: HttpFetcher, host: str) -> bytes:
    return fetcher.fetch(f"https://{host}/a.jpg", accept="image/*", max_bytes=1000).body


def test_a_host_that_says_when_to_come_back_is_left_alone_until_then(serve: Serve) -> None:
    busy = "HTTP/1.1 429 Too Many\r\nRetry-After: 90\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    server, clock = serve(busy), Clock()
    hosts = turns(clock)
    with HttpFetcher(user_agent="t", gateway=server.url(""), turns=hosts) as fetcher:
        with pytest.raises(RetryableError, match=r"^busy: "):
            get(fetcher, "i.imgur.com")
        with pytest.raises(RetryableError, match="may not be asked for another 90 s") as refused:
            get(fetcher, "i.imgur.com")
        assert refused.value.retry_after_s == hosts.wait_s("i.imgur.com") == 90
        assert len(server.requests) == 1
        clock.now += 90
        with pytest.raises(RetryableError, match=r"^busy: "):
            get(fetcher, "i.imgur.com")
    assert hosts.take() == {"i.imgur.com": {"busy": 2, "postponed": 1}}


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("HTTP/1.1 503 Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "busy"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\npicture", "unreachable"),
    ],
    ids=["refuses", "begins well and breaks off"],
)
def test_a_host_that_keeps_failing_is_not_hammered(serve: Serve, answer: str, word: str) -> None:
    server = serve(answer)
    hosts = turns()
    with HttpFetcher(user_agent="t", gateway=server.url(""), turns=hosts, limits=Limits()) as fetcher:
        for _ in range(20):
            with pytest.raises(RetryableError):
                get(fetcher, "down.example")
    assert len(server.requests) == hosts.take()["down.example"][word] < 10


@pytest.mark.parametrize(
    ("answer", "error", "word"),
    [
        ("HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", PermanentError, "forbidden"),
        ("HTTP/1.1 451 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", PermanentError, "forbidden"),
        ("HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", RetryableError, "busy"),
        ("", RetryableError, "unreachable"),
    ],
)
def test_what_a_host_does_to_us_is_counted(
    answer: str, error: type[Exception], word: str, serve: Serve
) -> None:
    hosts = turns()
    gateway = serve(answer).url("")
    with HttpFetcher(user_agent="t", gateway=gateway, turns=hosts) as fetcher, pytest.raises(error):
        get(fetcher, "a.example")
    assert hosts.take() == {"a.example": {word: 1}}
    assert hosts.take() == {}


def test_what_is_merely_gone_is_an_answer(serve: Serve) -> None:
    hosts = turns()
    gone = serve("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    fetcher = HttpFetcher(user_agent="t", gateway=gone.url(""), turns=hosts)
    with fetcher, pytest.raises(PermanentError, match=r"^gone: "):
        get(fetcher, "a.example")
    assert hosts.take() == {}


@pytest.mark.parametrize(("host", "at_once"), [("upload.wikimedia.org", 2), ("i.redd.it", 8)])
def test_no_more_transfers_at_once_than_a_host_allows_and_all_come(
    host: str, at_once: int, serve: Serve
) -> None:
    inside, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(at_once)

    def script(connection: object, _: str) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        full.wait(60)  # nobody is answered before as many as may be are there
        with lock:
            inside -= 1
        connection.sendall(OK.encode())  # type: ignore[attr-defined]

    server = serve(script)
    # In real time: the pace is only a second's.
    fetcher = HttpFetcher(
        user_agent="t", gateway=server.url(""), turns=HostTurns(Limiter(LIMITS, DEFAULT_LIMIT))
    )
    with fetcher, ThreadPoolExecutor(2 * at_once) as pool:
        bodies = list(pool.map(lambda _: get(fetcher, host), range(2 * at_once)))
    assert bodies == [b"picture"] * 2 * at_once
    assert most == at_once


def test_names_without_end_are_counted_together() -> None:
    hosts = turns()
    for number in range(1010):
        with hosts.turn(f"{number}.example", patience_s=1) as turn:
            turn.answered(403, {})
    counted = hosts.take()
    assert counted["(other hosts)"] == {"forbidden": 10}
    assert len(counted) == 1001


def test_trouble_in_one_line_the_worst_first() -> None:
    counts = {
        "a.example": {"answered": 5, "busy": 1},
        "b.example": {"forbidden": 2, "busy": 1, "answered": 1},
    }
    assert troubles(counts) == "b.example: 1 busy, 2 forbidden of 4; a.example: 1 busy of 6"
    assert troubles({}) == ""
