"""Judges a red picture and a grey one by every way in, and prints what each says as one line of JSON.

python -m tests.integration.filter.five_entrances FOLDER BUNDLE
"""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import zmq
from PIL import Image
from starlette.testclient import TestClient

import bowerbird
from bowerbird.adapters.place import Place, open_place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.assembly import Adapters
from bowerbird.assembly.scoring import score_files
from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.decisions import Decision
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.host.mine import RunOptions, mine
from bowerbird.host.wiring import HostOptions
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import load
from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.service import Service
from bowerbird.serve.http.settings import HttpSettings
from bowerbird.serve.http.wiring import http_service
from bowerbird.serve.wiring import keeping
from bowerbird.serve.zeromq import serving
from functions.filter.settings import FilterSettings
from functions.filter.wiring import filter_on
from tests.fakes import FakeQueue
from tests.pictures import encoded

NAMES = ("red", "grey")
IMAGES = {name: Image.new("RGB", (1600, 1200), name) for name in NAMES}
FILES = {f"/{name}.png": encoded(image, "PNG") for name, image in IMAGES.items()}
LINKS = [f"http://pictures.example{path}" for path in FILES]


class _Pictures(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(FILES[self.path])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        del format, args


@contextmanager
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pictures) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def easy_to_please(bundle: str, folder: Path) -> Path:
    """The same bundle, but it likes everything."""
    shutil.copytree(bundle, folder)
    manifest = manifests.read(folder)
    assert manifest.watermark is not None
    low, high = (
        entry.threshold.model_copy(update={"value": value})
        for entry, value in ((manifest.novelty, -1e9), (manifest.watermark, 2.0))
    )
    changes = {
        "novelty": manifest.novelty.model_copy(update={"threshold": low}),
        "watermark": manifest.watermark.model_copy(update={"threshold": high}),
    }
    manifests.write(manifest.model_copy(update=changes), folder)
    return folder


def told(decisions: list[Decision]) -> list[str]:
    by_url = {decision.facts["url"]: f"{decision.stage} {decision.reason}" for decision in decisions}
    return [by_url[link] for link in LINKS]


def mined(place: Place, bundle: str, gateway: str, links: Path) -> list[str]:
    links.write_text("\n".join(LINKS))
    options = HostOptions(bundle=bundle, gateway=gateway, thumbnails=False)
    mine(open_source(f"urls:{links}"), place, options, RunOptions())
    return told(list(DecisionLog(place.store).read()))


def function(place: Place, bundle: str, gateway: str) -> list[str]:
    settings = FilterSettings(
        bucket="b", ledger_table="t", queue_url="q", dead_letter_url="d", bundle=bundle, gateway=gateway
    )
    decided: list[Decision] = []
    ledger = SqliteLedger(place.state / "function.db", place.store)
    adapters = Adapters(store=place.store, ledger=ledger, queue=FakeQueue(), on_decision=decided.append)
    batch = filter_on({bundle: adapters}, settings, turns())
    records = [
        {
            "messageId": link,
            "body": encode_candidate(Candidate(link, (link,), Submission("test", link))),
            "receiptHandle": link,
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for link in LINKS
    ]
    assert batch.handle({"Records": records}) == {"batchItemFailures": []}
    return told(decided)


def http(client: TestClient, path: str, **body: Any) -> list[str]:
    verdicts = client.post(path, **body).json()["verdicts"]
    return [f"{verdict['stage']} {verdict['reason']}" for verdict in verdicts]


def raw() -> bytes:
    return b"".join(IMAGES[name].resize((512, 512)).tobytes() for name in NAMES)


def anti_sus(service: Service) -> list[str]:
    with (
        serving("tcp://127.0.0.1:*", keeping(service), 1) as address,
        zmq.Context() as context,
        context.socket(zmq.REQ) as socket,
    ):
        socket.setsockopt(zmq.RCVTIMEO, 20_000)
        socket.connect(address)
        socket.send(raw())
        good = np.frombuffer(socket.recv(), np.int32)
    return ["keep" if place in good else "drop" for place in range(len(NAMES))]


def main() -> None:
    folder = Path(sys.argv[1])
    bundle = str(easy_to_please(sys.argv[2], folder / "easy"))
    paths = [folder / path.strip("/") for path in FILES]
    for path, data in zip(paths, FILES.values(), strict=True):
        path.write_bytes(data)
    with host() as gateway:
        service = http_service(HttpSettings(bundle=bundle), gateway)
        with TestClient(create_app(service)) as client:
            files = [("p", (path.name, path.read_bytes())) for path in paths]
            octets = {"Content-Type": "application/octet-stream"}
            answer = {
                "package": bowerbird.__file__,
                "mine": mined(open_place(str(folder / "place")), bundle, gateway, folder / "links.txt"),
                "function": function(open_place(str(folder / "cloud")), bundle, gateway),
                "http file": http(client, "/judge", files=files),
                "http link": http(client, "/judge/urls", json={"urls": LINKS}),
                "http pixels": http(client, "/judge/raw", content=raw(), headers=octets),
                "zeromq": anti_sus(service),
                "score": [score.reason for score in score_files(paths, load(bundle))],
            }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
