"""A host that drips holds up its own links, and nobody else's."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.settings import HttpSettings
from bowerbird.serve.http.wiring import http_service
from tests.loopback import Handler, serving
from tests.pictures import jpeg
from tests.serving import running

CALLERS = 3
PICTURE = jpeg(320, 200)


@dataclass
class Hosts:
    """Good hosts, and one that goes on for as long as its callers are patient, or until `enough`."""

    url: str = ""
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    enough: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    inside: int = 0
    most: int = 0


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    hosts = Hosts()

    class Dripping(Handler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            self.send_response(200)
            bad = self.headers["Host"] == "bad.example"
            self.send_header("Content-Length", str(10**7 if bad else len(PICTURE)))
            self.end_headers()
            if bad:
                self.drip()
                # Left open, each further link would wait for the rest until its time is up.
                self.close_connection = True
            else:
                self.wfile.write(PICTURE)

        def drip(self) -> None:
            with hosts.lock:
                hosts.inside += 1
                hosts.most = max(hosts.most, hosts.inside)
            hosts.asked.release()
            while not hosts.enough.wait(0.5):
                self.wfile.write(bytes(8192))
            with hosts.lock:
                hosts.inside -= 1

    with serving(Dripping) as hosts.url:
        yield hosts
        hosts.enough.set()


def reasons(port: int, host: str, links: int) -> list[str]:
    urls = [f"https://{host}/{number}.jpg" for number in range(links)]
    answer = requests.post(f"http://127.0.0.1:{port}/judge/urls", json={"urls": urls}, timeout=300)
    return [verdict["reason"].partition(":")[0] for verdict in answer.json()["verdicts"]]


def test_a_host_that_drips_holds_up_nobody_elses_links(hosts: Hosts) -> None:
    found: list[list[str]] = []
    service = http_service(HttpSettings(), gateway=hosts.url)
    with running(create_app(service)) as port:
        callers = [
            threading.Thread(target=lambda: found.append(reasons(port, "bad.example", 30)))
            for _ in range(CALLERS)
        ]
        for caller in callers:
            caller.start()
        for _ in range(8):  # as many as may ask one host at once
            assert hosts.asked.acquire(timeout=60)
        good = reasons(port, "good.example", 2)
        still = hosts.inside
        hosts.enough.set()
        for caller in callers:
            caller.join()
    assert "unreachable" not in good
    assert still == hosts.most == 8
    assert found == [["unreachable"] * 30] * CALLERS
