from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bowerbird.core.errors import PermanentError, RetryableError, UsageError
from bowerbird.core.ports import Fetched
from bowerbird.net import HttpFetcher, Limits
from tests.unit.net.certificates import certificate

Serve = Callable[..., Any]  # of conftest.RawServer
Rig = Callable[..., HttpFetcher]
Script = Callable[[socket.socket, str], None]

OK = "HTTP/1.1 200 OK\r\n"


def get(fetcher: HttpFetcher, url: str, max_bytes: int = 100_000) -> Fetched:
    return fetcher.fetch(url, accept="image/*", max_bytes=max_bytes)


def test_an_honest_answer(serve: Serve, rig: Rig) -> None:
    server = serve(f"{OK}Content-Type: image/jpeg\r\nContent-Length: 7\r\n\r\npicture")
    fetched = get(rig(), server.url("/a.jpg?s=1"))
    told = {"content-type": "image/jpeg", "content-length": "7"}
    assert fetched == Fetched(server.url("/a.jpg?s=1"), 200, told, b"picture", plain=True)
    assert server.requests[0].split("\r\n") == [
        "GET /a.jpg?s=1 HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: bowerbird-test/1 (+https://example.org)",
        "Accept: image/*",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (f"{OK}\r\nuntil the end", b"until the end"),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n7\r\npicture\r\n0\r\n\r\n", b"picture"),
        (f"{OK}Content-Length: 3\r\n\r\npicture and what does not belong to it", b"pic"),
        (f"HTTP/1.1 100 Continue\r\n\r\n{OK}Content-Length: 7\r\n\r\npicture", b"picture"),
        (f"{OK}Content-Length: 0\r\n\r\n", b""),
        (f"{OK}Content-Type: text/html\r\n\r\n<html>removed</html>", b"<html>removed</html>"),
        (f"{OK}Set-Cookie: id=1\r\nContent-Length: 7\r\n\r\npicture", b"picture"),
    ],
)
def test_odd_but_sound_answers(serve: Serve, rig: Rig, answer: str, body: bytes) -> None:
    assert get(rig(), serve(answer).url()).body == body


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            f"{OK}Content-Length: 100\r\n\r\ncut off",
            RetryableError,
            r"truncated: \S+ broke off in the middle",
        ),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n20\r\ncut off", RetryableError, "truncated: |network: "),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\nzz\r\ngarbage", RetryableError, "truncated: |network: "),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n-5\r\ngarbage", RetryableError, "truncated: |network: "),
        (f"{OK}Content-Length: 5, 7\r\n\r\npicture", RetryableError, "network: "),
        ("", RetryableError, "network: "),
        ("picture, no status line", RetryableError, "network: "),
        ("HTTP/1.1 abc OK\r\n\r\n", RetryableError, "network: "),
        (f"{OK}X: {'a' * 70000}\r\n\r\n", RetryableError, "network: "),
        (OK + "".join(f"X{n}: 1\r\n" for n in range(200)) + "\r\n", RetryableError, "network: "),
        (f"{OK}Content-Length: 100001\r\n\r\n", PermanentError, "too-large: .* declares 100001 bytes"),
        (f"{OK}\r\n{'x' * 100_001}", PermanentError, "too-large: .* sends more than 100000 bytes"),
        (f"{OK}X-Robots-Tag: noindex, noai\r\n\r\npicture", PermanentError, "opted-out: .* asks noai"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", PermanentError, "gone: .* answered 404"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", PermanentError, "forbidden: .* answered 403"),
        ("HTTP/1.1 302 Found\r\n\r\n", PermanentError, "status: .* answered 302"),
    ],
)
def test_answers_that_are_refused(
    serve: Serve, rig: Rig, answer: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=rf"^({words})"):
        get(rig(), serve(answer).url())


def test_busy_says_when_to_come_back(serve: Serve, rig: Rig) -> None:
    server = serve("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n\r\n")
    with pytest.raises(RetryableError, match=r"^busy: .* answered 429") as caught:
        get(rig(), server.url())
    assert caught.value.retry_after_s == 30


def test_a_gzip_bomb_stops_at_the_limit(serve: Serve, rig: Rig) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    server = serve(f"{OK}Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n", bomb)
    with pytest.raises(PermanentError, match=r"too-large: .* unpacks to more than 100000 bytes"):
        get(rig(), server.url())


# Servers that would go on for ever. Each test ends because a limit of ours ends it.


def endlessly(head: str, part: bytes, pause: float = 0.0) -> Script:
    def script(connection: socket.socket, _: str) -> None:
        connection.sendall(head.encode())
        for _ in itertools.count():
            connection.sendall(part)
            time.sleep(pause)

    return script


@pytest.mark.parametrize(
    ("head", "part", "words"),
    [
        (f"{OK}\r\n", b"x" * 4096, "sends more than"),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n", "sends more than"),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 4096 + b"\r\nx\r\n", "on the wire"),
        ("", b"HTTP/1.1 100 Continue\r\n" + b"X: y\r\n" * 50 + b"\r\n", "on the wire"),
    ],
    ids=["body", "chunks", "chunk extensions", "interim answers"],
)
def test_an_endless_answer_is_too_large(serve: Serve, rig: Rig, head: str, part: bytes, words: str) -> None:
    with pytest.raises(PermanentError, match=rf"too-large: .*{words}"):
        get(rig(), serve(endlessly(head, part)).url())


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("", b"H"),
        (f"{OK}X: ", b"a"),
        (f"{OK}Content-Length: 5000\r\n\r\n", b"x"),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n", b"0"),
        (f"{OK}Transfer-Encoding: chunked\r\n\r\n0\r\n", b"T: a\r\n"),
    ],
    ids=["status line", "header", "body", "chunk size", "trailers"],
)
def test_a_slow_drip_is_cut_off_wherever_it_is(serve: Serve, rig: Rig, head: str, part: bytes) -> None:
    server = serve(endlessly(head, part, pause=0.02))
    slow = rig(Limits(min_rate=1000, grace_s=0.2))
    with pytest.raises(RetryableError, match=r"^slow: .* bytes a second, 1000 is the least"):
        get(slow, server.url())
    impatient = rig(Limits(total_s=0.3, min_rate=0))
    with pytest.raises(RetryableError, match=r"^timeout: "):
        get(impatient, server.url())


def test_silence_is_a_time_out(serve: Serve, rig: Rig) -> None:
    fetcher = rig(Limits(read_s=0.2))
    for head in ("", OK, f"{OK}Content-Length: 10\r\n\r\nx"):

        def script(connection: socket.socket, _: str, head: str = head) -> None:
            connection.sendall(head.encode())
            connection.recv(1)  # until the client hangs up

        with pytest.raises(RetryableError, match=r"^timeout: .* did not answer in time"):
            get(fetcher, serve(script).url())


def test_nobody_listens(rig: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(RetryableError, match=r"^network: "):
        get(rig(), f"http://127.0.0.1:{port}/")


# Redirects


def redirects(*locations: str, status: int = 302) -> Script:
    """Answers each request with the next location, then with a picture."""
    left = iter(locations)

    def script(connection: socket.socket, _: str) -> None:
        location = next(left, None)
        head = f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\n" if location else OK
        connection.sendall(f"{head}Content-Length: 7\r\n\r\npicture".encode())

    return script


def test_redirects_are_followed_and_the_last_url_is_told(serve: Serve, rig: Rig) -> None:
    server = serve(redirects("/b.jpg", "c.jpg?x=1", "?y=2"))
    fetched = get(rig(), server.url("/a.jpg"))
    assert (fetched.url, fetched.body) == (server.url("/c.jpg?y=2"), b"picture")
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("hops", "plain"),
    [((), False), (("https://b.example/",), False), (("http://b.example/", "https://c.example/"), True)],
)
def test_a_detour_over_plain_http_is_told(serve: Serve, hops: tuple[str, ...], plain: bool) -> None:
    with HttpFetcher(user_agent="t", gateway=serve(redirects(*hops)).url("")) as fetcher:
        fetched = get(fetcher, "https://a.example/")
        assert (fetched.plain, fetched.url.startswith("https://")) == (plain, True)


def test_a_key_stays_with_the_host_it_is_for(serve: Serve, rig: Rig) -> None:
    other = serve(f"{OK}Content-Length: 0\r\n\r\n")
    first = serve(redirects("/b.jpg", other.url("/c.jpg")))
    rig().fetch(first.url(), accept="image/*", max_bytes=9, headers={"Authorization": "Client-ID x"})
    assert ["Client-ID x" in request for request in first.requests] == [True, True]
    assert ["Authorization" in request for request in other.requests] == [False]


def test_a_caller_cannot_lie_about_who_asks(serve: Serve, rig: Rig) -> None:
    server = serve(f"{OK}Content-Length: 0\r\n\r\n")
    rig().fetch(server.url(), accept="image/*", max_bytes=9, headers={"User-Agent": "Mozilla"})
    assert "Mozilla" not in server.requests[0]


def test_five_redirects_are_enough(serve: Serve, rig: Rig) -> None:
    assert get(rig(), serve(redirects(*["/a.jpg"] * 5)).url()).body == b"picture"
    server = serve(redirects(*["/a.jpg"] * 100))
    with pytest.raises(PermanentError, match=r"redirects: more than 5"):
        get(rig(), server.url())
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://169.254.169.254/latest/meta-data/iam/", "link-local"),
        ("https://10.0.0.1/", "private"),
        ("//192.168.0.1/", "private"),
        ("http://[fd00:ec2::254]/", "private"),
        ("http://[::ffff:169.254.169.254]/", "IPv4-mapped"),
        ("http://metadata.google.internal/", "local name"),
        ("http://inside.example.com/", "inside.example.com is at 10.1.2.3"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1:6379/_x", "scheme"),
        ("http://user:password@example.com/", "credentials"),
        ("http://example.com:22/", "port 22"),
        ("http://2852039166/", "number"),
        ("http://[", "not a URL"),
    ],
)
def test_a_redirect_is_checked_like_any_url(serve: Serve, rig: Rig, location: str, words: str) -> None:
    names = {"inside.example.com": ["10.1.2.3"]}
    server = serve(redirects(location))
    with pytest.raises(PermanentError, match=rf"^refused: .*{words}"):
        get(rig(resolver=lambda host: names.get(host, [host])), server.url())
    assert len(server.requests) == 1


# Turns


class Turns:
    """Grants every turn but those of one host, and writes down what became of them."""

    def __init__(self, refused: str = "") -> None:
        self._refused = refused
        self.log: list[str] = []

    @contextmanager
    def turn(self, host: str, *, patience_s: float) -> Iterator[Turns]:
        if host == self._refused:
            raise RetryableError(f"{host} is busy", retry_after_s=patience_s)
        self.log.append(f"ask {host}")
        try:
            yield self
        finally:
            self.log.append(f"leave {host}")

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        self.log.append(f"{status} {headers.get('Content-Length')}")


def test_each_hop_takes_its_turn(serve: Serve) -> None:
    server = serve(redirects("https://i.imgur.com/a.jpg"))
    turns = Turns()
    with HttpFetcher(user_agent="t", gateway=server.url(""), turns=turns) as fetcher:
        get(fetcher, "https://i.redd.it/a.jpg")
    assert turns.log == [
        "ask i.redd.it",
        "302 7",
        "leave i.redd.it",
        "ask i.imgur.com",
        "200 7",
        "leave i.imgur.com",
    ]


def test_a_host_whose_turn_does_not_come_is_retryable_and_not_asked(serve: Serve) -> None:
    server = serve(f"{OK}\r\npicture")
    with HttpFetcher(user_agent="t", gateway=server.url(""), turns=Turns("i.redd.it")) as fetcher:
        with pytest.raises(RetryableError, match=r"^i.redd.it is busy") as caught:
            get(fetcher, "https://i.redd.it/a.jpg")
        assert caught.value.retry_after_s == Limits().patience_s
        assert get(fetcher, "https://i.imgur.com/a.jpg").body == b"picture"
    assert len(server.requests) == 1


def test_a_turn_without_an_answer_is_given_back(serve: Serve, rig: Rig) -> None:
    turns = Turns()
    with pytest.raises(RetryableError, match=r"^network: "):
        get(rig(turns=turns), serve("").url())
    assert turns.log == ["ask 127.0.0.1", "leave 127.0.0.1"]


# Names and addresses


class Resolver:
    """Gives each question the next answer, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


LOOPBACK_ON_ANY_PORT = Limits(ports=frozenset(range(65536)))


def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_next(
    serve: Serve, rig: Rig
) -> None:
    server = serve(f"{OK}Content-Length: 7\r\n\r\npicture")
    # A rebinding server: the first answer passes the check, every later one is inside.
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    url = server.url(host="rebind.example.com")  # no such name: only the checked address can have led there
    assert get(rig(LOOPBACK_ON_ANY_PORT, resolver=resolver), url).body == b"picture"
    assert resolver.asked == ["rebind.example.com"]
    assert f"Host: rebind.example.com:{server.port}\r\n" in server.requests[0]


def test_a_name_is_checked_again_when_it_is_redirected_to(serve: Serve, rig: Rig) -> None:
    server = serve(redirects("/again"))
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    with pytest.raises(PermanentError, match=r"^refused: rebind.example.com is at 169\.254\.169\.254"):
        get(rig(LOOPBACK_ON_ANY_PORT, resolver=resolver), server.url(host="rebind.example.com"))
    assert resolver.asked == ["rebind.example.com"] * 2
    assert len(server.requests) == 1


def test_the_next_address_is_tried_when_one_does_not_answer(serve: Serve, rig: Rig) -> None:
    server = serve(f"{OK}Content-Length: 7\r\n\r\npicture")
    resolver = Resolver(["127.0.0.2", "127.0.0.1"])  # the server listens on the second only
    assert get(rig(LOOPBACK_ON_ANY_PORT, resolver=resolver), server.url(host="two.example.com")).body


def test_without_the_test_setting_loopback_is_refused(serve: Serve) -> None:
    server = serve(f"{OK}\r\npicture")
    with HttpFetcher(user_agent="t", limits=LOOPBACK_ON_ANY_PORT) as fetcher:
        for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0.0.0.0"):
            with pytest.raises(PermanentError, match=r"^refused: "):
                get(fetcher, server.url(host=host))
    assert server.requests == []


def test_the_environment_has_no_say(
    serve: Serve, rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login owner password secret\n")
    proxy = serve(f"{OK}\r\nproxied")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    monkeypatch.setenv("HOME", str(tmp_path))
    server = serve(f"{OK}\r\npicture")
    assert get(rig(), server.url()).body == b"picture"
    assert "Authorization" not in server.requests[0]
    assert proxy.requests == []


def test_cookies_are_not_kept(serve: Serve, rig: Rig) -> None:
    server = serve(f"{OK}Set-Cookie: id=1\r\nConnection: close\r\nContent-Length: 7\r\n\r\npicture")
    fetcher = rig()
    get(fetcher, server.url())
    get(fetcher, server.url())
    assert not [request for request in server.requests if "ookie" in request]


# TLS


def test_tls_asks_for_and_verifies_the_name_not_the_address(serve: Serve, rig: Rig, tmp_path: Path) -> None:
    pem = certificate(tmp_path, "pictures.example.com")
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _, name, __: asked.append(name)
    server = serve(f"{OK}Content-Length: 7\r\n\r\npicture", tls=context)
    trusting = ssl.create_default_context(cafile=pem)
    fetcher = rig(LOOPBACK_ON_ANY_PORT, resolver=Resolver(["127.0.0.1"]), tls=trusting)

    assert get(fetcher, server.url(host="pictures.example.com")).body == b"picture"
    assert asked == ["pictures.example.com"]
    with pytest.raises(RetryableError, match=r"^tls: .*(mismatch|doesn't match|not valid for)"):
        get(fetcher, server.url(host="other.example.com"))
    stranger = rig(LOOPBACK_ON_ANY_PORT, resolver=Resolver(["127.0.0.1"]))
    with pytest.raises(RetryableError, match=r"^tls: .*(self.signed|verify failed)"):
        get(stranger, server.url(host="pictures.example.com"))


# The gateway of tests and demo


def test_the_gateway_plays_every_host(serve: Serve) -> None:
    server = serve(redirects("https://i.imgur.com/removed.png"))
    with HttpFetcher(user_agent="t", gateway=server.url("")) as fetcher:
        fetched = get(fetcher, "https://i.redd.it/a.jpg")
    assert fetched.url == "https://i.imgur.com/removed.png"
    hosts = [line for request in server.requests for line in request.splitlines() if line.startswith("Host")]
    assert hosts == ["Host: i.redd.it", "Host: i.imgur.com"]


def test_the_gateway_changes_no_rule_about_urls(serve: Serve) -> None:
    server = serve(f"{OK}\r\npicture")
    with HttpFetcher(user_agent="t", gateway=server.url("")) as fetcher:
        for url in (
            "http://localhost/",
            "http://example.com:22/",
            "http://a@example.com/",
            "http://2130706433/",
        ):
            with pytest.raises(PermanentError, match=r"^refused: "):
                get(fetcher, url)
    assert server.requests == []


@pytest.mark.parametrize("gateway", ["https://127.0.0.1:1", "127.0.0.1:8099", "http://a:b@rig.example:1", ""])
def test_a_gateway_that_is_none(gateway: str) -> None:
    with pytest.raises(UsageError, match=r"^gateway "):
        HttpFetcher(user_agent="t", gateway=gateway)


def test_a_refusal_comes_with_the_beginning_of_what_was_said(serve: Serve, rig: Rig) -> None:
    said = b'{"error": "rate_limit_error"}'
    server = serve(f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(said)}\r\n\r\n".encode(), said)
    with pytest.raises(PermanentError, match=r"^status: .*answered 400") as raised:
        get(rig(), server.url())
    assert (raised.value.status, raised.value.said.body) == (400, said)


@pytest.mark.parametrize(
    "answer",
    ["Content-Length: 50\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "\r\n" + "x" * 90_000],
)
def test_a_refusal_that_says_too_much_or_too_little_is_one_all_the_same(
    serve: Serve, rig: Rig, answer: str
) -> None:
    with pytest.raises(PermanentError, match=r"^gone: ") as raised:
        get(rig(), serve(f"HTTP/1.1 404 Not Found\r\n{answer}").url(), max_bytes=10_000)
    assert len(raised.value.said.body) <= 4096
