"""A real server and callers who come too many, too large, too slow, or leave."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.raw import PICTURE_BYTES
from tests.memory import forget_peak, peak
from tests.serving import BrightModels, running, service

GREEN = bytes([0, 250, 0]) * (PICTURE_BYTES // 3)
RAW = {"Content-Type": "application/octet-stream"}
NDJSON = RAW | {"Accept": "application/x-ndjson"}


def judge(port: int, body: Any = GREEN, headers: dict[str, str] | None = None) -> requests.Response:
    return requests.post(f"http://127.0.0.1:{port}/judge/raw", data=body, headers=headers or RAW, timeout=120)


def test_who_comes_when_it_is_full_is_told_at_once_and_let_in_later() -> None:
    models = BrightModels()
    models.free.clear()
    with running(create_app(service(models, Limits(requests=1)))) as port, ThreadPoolExecutor() as pool:
        first = pool.submit(judge, port)
        assert models.judging.wait(120)
        refused = judge(port)
        ready = requests.get(f"http://127.0.0.1:{port}/ready", timeout=120)
        health = requests.get(f"http://127.0.0.1:{port}/health", timeout=120)
        models.free.set()
        assert first.result().json()["verdicts"][0]["keep"]
        assert judge(port).status_code == 200
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["type"] == "urn:bowerbird:problem:busy"
    assert (ready.status_code, ready.headers["retry-after"], health.status_code) == (503, "1", 200)


def test_a_caller_who_sends_too_much_hears_so_while_still_sending() -> None:
    def endless() -> Iterator[bytes]:
        yield from [GREEN] * 20

    with running(create_app(service(limits=Limits(body_bytes=2 * PICTURE_BYTES)))) as port:
        declared = judge(port, GREEN * 20)
        undeclared = judge(port, endless())
    assert [declared.status_code, undeclared.status_code] == [413, 413]
    assert declared.json()["type"] == undeclared.json()["type"] == "urn:bowerbird:problem:too-large"


def test_verdicts_are_streamed_while_the_batch_still_arrives() -> None:
    with running(create_app(service())) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.putrequest("POST", "/judge/raw")
        for name, value in (NDJSON | {"Content-Length": str(3 * PICTURE_BYTES)}).items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(GREEN * 2)
        answer = connection.getresponse()
        assert json.loads(answer.readline())["name"] == "0"
        connection.send(GREEN)
        assert [json.loads(line)["name"] for line in answer] == ["1", "2"]
        connection.close()


def test_a_caller_who_reads_nothing_before_sending_everything_is_served() -> None:
    with running(create_app(service())) as port:
        answer = judge(port, GREEN * 40, NDJSON)
    assert [json.loads(line)["keep"] for line in answer.iter_lines()] == [True] * 40


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        (Limits(idle_s=0.2), "Nothing came"),
        (Limits(grace_s=0.2, min_rate=1e6), "bytes a second"),
    ],
)
def test_a_caller_who_drips_is_sent_away(limits: Limits, detail: str) -> None:
    stop = threading.Event()

    def drip() -> Iterator[bytes]:
        yield b"x"
        while not stop.wait(0.1 if limits.idle_s > 1 else 60):
            yield b"x"

    with (
        running(create_app(service(limits=limits))) as port,
        socket.create_connection(("127.0.0.1", port), timeout=120) as caller,
    ):
        caller.sendall(
            b"POST /judge/raw HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
            b"Content-Length: 786432\r\n\r\n"
        )
        threading.Thread(target=lambda: [caller.sendall(each) for each in drip()], daemon=True).start()
        answer = b""
        while b"}" not in answer:
            answer += caller.recv(65536)
        stop.set()
    assert answer.startswith(b"HTTP/1.1 408")
    assert detail in answer.decode()


def test_a_caller_who_leaves_frees_the_place() -> None:
    with running(create_app(service(limits=Limits(requests=1)))) as port:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as caller:
                caller.sendall(
                    b"POST /judge/raw HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
                    b"Content-Length: 786432\r\n\r\n" + bytes(1000)
                )
        deadline = 1000
        while judge(port).status_code != 200:
            deadline -= 1
            assert deadline, "the place was never freed"
            threading.Event().wait(0.05)


linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")


@linux
def test_a_crowd_is_turned_away_and_memory_stays_flat() -> None:
    models = BrightModels()
    models.free.clear()
    body = GREEN * 10
    crowd = 48
    with running(create_app(service(models, Limits(requests=1)))) as port, ThreadPoolExecutor(crowd) as pool:
        first = pool.submit(judge, port)
        assert models.judging.wait(120)
        before = forget_peak()
        refused = list(pool.map(lambda _: judge(port, body).status_code, range(crowd - 1)))
        grown = peak() - before
        models.free.set()
        assert first.result().status_code == 200
    assert refused == [503] * (crowd - 1)
    assert grown < len(body) * crowd / 8


@linux
def test_memory_does_not_grow_with_the_batch() -> None:
    pictures = 400

    def batch() -> Iterator[bytes]:
        for _ in range(pictures):
            yield GREEN

    with running(create_app(service())) as port:
        judge(port)
        before = forget_peak()
        answer = judge(port, batch(), NDJSON)
        grown = peak() - before
    assert len(answer.text.splitlines()) == pictures
    assert grown < pictures * PICTURE_BYTES / 4
