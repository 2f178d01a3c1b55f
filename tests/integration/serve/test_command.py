"""`bowerbird serve` as a process, and the Lambda handler, with the bundle that is shipped."""

import base64
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import requests
import zmq

from bowerbird.cli.main import main
from bowerbird.models.bundle import installed
from tests.pictures import gradient, jpeg

pytestmark = pytest.mark.skipif(
    "lite" not in {folder.name for folder in installed()}, reason="the lite bundle is not installed"
)
EVENT = Path(__file__).parents[2] / "unit" / "serve" / "http" / "events" / "function_url.json"


@contextmanager
def served(*more: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and the addresses it says it listens on."""
    start = "import sys; from bowerbird.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "serve", "--port", "0", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(1 + len(more) // 2)]
        try:
            yield process, [line.split(" at ")[1].split()[0] for line in lines]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_judges_over_http_and_zeromq_and_stops_cleanly(number: signal.Signals) -> None:
    with served("--zmq", "tcp://127.0.0.1:*") as (process, (http, endpoint)):
        verdict = requests.post(f"{http}/judge", files={"a": jpeg()}, timeout=60).json()["verdicts"][0]
        bundle = requests.get(f"{http}/bundle", timeout=10).json()
        with zmq.Context() as context, context.socket(zmq.REQ) as client:
            client.connect(endpoint)
            client.send(np.asarray(gradient(512, 512)).tobytes())
            reply = np.frombuffer(client.recv(), np.int32)
        process.send_signal(number)
        assert process.wait(30) == 0
    assert verdict["bundle"] == bundle["bundle"]
    assert verdict["thresholds"]["novelty"] == bundle["novelty"]["threshold"]["value"]
    assert bundle["novelty"]["scale"][0] < bundle["novelty"]["scale"][1]
    assert reply.tolist() in ([], [0])


def test_a_port_that_is_taken_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status = main(["serve", "--port", str(taken.getsockname()[1])])
    assert status == 2
    assert "choose another --port" in capsys.readouterr().err


def test_a_bundle_that_is_not_there_is_said_before_anything_is_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["serve", "--port", "0", "--bundle", "no-such"]) == 2
    assert "no-such" in capsys.readouterr().err


class Context:
    """What Lambda hands over beside the event."""

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def test_the_lambda_handler_loads_its_models_and_answers() -> None:
    # Here, because it loads its models with the module.
    from functions.filter.http_handler import handler  # noqa: PLC0415

    event = json.loads(EVENT.read_text())
    head = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.jpg"\r\n\r\n'
    form = head + jpeg() + b"\r\n--b--\r\n"
    event["body"] = base64.b64encode(form).decode()
    event["headers"] |= {"content-type": "multipart/form-data; boundary=b", "content-length": str(len(form))}
    answer = handler(event, Context())  # type: ignore[arg-type]  # nothing else of it is asked for
    assert json.loads(answer["body"])["verdicts"][0]["bundle"].startswith("lite@")
