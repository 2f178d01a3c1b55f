"""Runs a function as Lambda does, without Docker: the real runtime client works on the built folders.

This process plays Lambda's Runtime API on loopback. It starts awslambdaric, as Lambda itself does, which
imports the handler and asks this process for events.
Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

from infra.sam.built import BuiltFunction

# INIT may take ten seconds. When it takes longer, Lambda begins it again with the first event, and then it
# has the function's time-out: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
# Here INIT just goes on for as long: a busy machine is no fault of the function.
_INIT_S: Final = 10.0
_REGION: Final = "eu-west-1"
_TICK_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Report:
    """Reports one invocation: its answer or Lambda's error, with milliseconds and MB.

    `init_ms` is None when the environment was warm. `peak_mb` is the most memory that the process has held.
    `cpu_ms` is all its processor time since it was started, which other programs hardly change.
    """

    answer: Any
    error: str | None
    ms: float
    init_ms: float | None
    peak_mb: float
    cpu_ms: float


class Runtime(Protocol):
    """Describes a runtime process, with the methods of subprocess.Popen."""

    pid: int

    def poll(self) -> int | None:
        """Return None while the process lives."""
        ...

    def kill(self) -> None:
        """Kill the process, as `kill -9` does."""
        ...

    def wait(self) -> int:
        """Wait until the process ends."""
        ...


#: Starts a function's runtime from the interpreter, the function, its environment, and where its output goes.
Launch = Callable[[Path, BuiltFunction, Mapping[str, str], Path], Runtime]


def launched(python: Path, function: BuiltFunction, environment: Mapping[str, str], log: Path) -> Runtime:
    """Start the runtime client as Lambda does."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own build
            [str(python), "-m", "awslambdaric", function.handler],
            cwd=function.task,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


class Box:
    """Is a built function's execution environment. The first event starts it, and the next after a death."""

    def __init__(
        self,
        function: BuiltFunction,
        python: Path,
        environment: Mapping[str, str],
        log: Path | None = None,
        launch: Launch = launched,
    ) -> None:
        self._launch = launch
        self._function = function
        self._python = python
        self._log = log
        self._api = _RuntimeApi(self)
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/tmp",  # noqa: S108 - as in Lambda
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "AWS_REGION": _REGION,
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "LAMBDA_TASK_ROOT": str(function.task),
            "PYTHONDONTWRITEBYTECODE": "1",  # in Lambda, /var/task and /opt are read-only
            "PYTHONPATH": os.pathsep.join(function.python_path()),
            **function.environment,
            **environment,
        }
        self._process: Runtime | None = None
        self._turn = threading.Lock()

    def invoke(self, event: object) -> Report:
        """Hand over one event, and start the environment first if there is none."""
        with self._turn:
            init_ms = None if self.alive() else self._start()
            if init_ms is not None and not self._api.ready.is_set():
                self.kill()
                return Report(self._api.init_error, "Runtime.InitError", 0.0, init_ms, 0.0, 0.0)
            started = time.monotonic()
            call = self._api.hand_over(event, self._function.timeout_s)
            answer, error = self._wait(call, started)
            ms = (time.monotonic() - started) * 1000
            peak, cpu_ms = self._peak_mb(), self._cpu_ms()
            if not self.alive() or error == "Sandbox.Timedout":
                self.kill()
            return Report(answer, error, ms, init_ms, peak, cpu_ms)

    def alive(self) -> bool:
        """Tell whether the runtime process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill the runtime at once, in the middle of its work."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End the environment and the Runtime API."""
        self.kill()
        self._api.close()

    def _start(self) -> float:
        """Start the runtime; returns how long INIT took, in milliseconds."""
        self._api.reset()
        started = time.monotonic()
        self._process = self._launch(
            self._python, self._function, self._environment, self._log or Path(os.devnull)
        )
        longest = _INIT_S + self._function.timeout_s
        while time.monotonic() - started < longest and self.alive() and not self._api.init_error:
            if self._api.ready.wait(_TICK_S):
                break
        return (time.monotonic() - started) * 1000

    def _wait(self, call: queue.Queue[tuple[bool, Any]], started: float) -> tuple[Any, str | None]:
        while time.monotonic() - started < self._function.timeout_s:
            try:
                ok, answer = call.get(timeout=_TICK_S)
            except queue.Empty:
                if self.alive():
                    continue
                return None, "Runtime.ExitError"
            return answer, None if ok else "Function.Error"
        return None, "Sandbox.Timedout"

    def _cpu_ms(self) -> float:
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime are fields 14 and 15
        fields = self._proc("stat").rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")

    def _peak_mb(self) -> float:
        status = self._proc("status")
        kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        return int(kilobytes[0]) / 1024 if kilobytes else 0.0

    def _proc(self, name: str) -> str:
        """Read what the kernel says of the runtime. A dead runtime gives nothing."""
        try:
            return Path(f"/proc/{self._process.pid if self._process else 0}/{name}").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a killed runtime hangs up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _RuntimeApi:
    """Plays the four routes of the Runtime API that the runtime client uses."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.ready = threading.Event()
        self.init_error: Any = None
        self._waiting: queue.Queue[tuple[str, bytes, int]] = queue.Queue()
        self._calls: dict[str, queue.Queue[tuple[bool, Any]]] = {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(_TICK_S,), daemon=True).start()

    def reset(self) -> None:
        """Forget the dead runtime and the events that it never fetched."""
        self.ready.clear()
        self.init_error = None
        self._waiting = queue.Queue()

    def hand_over(self, event: object, timeout_s: float) -> queue.Queue[tuple[bool, Any]]:
        request = str(uuid.uuid4())
        self._calls[request] = queue.Queue()
        deadline = int((time.time() + timeout_s) * 1000)
        self._waiting.put((request, json.dumps(event).encode(), deadline))
        return self._calls[request]

    def next_event(self) -> tuple[str, bytes, int] | None:
        """Wait for the next event. Return None when the runtime that asked has died meanwhile."""
        self.ready.set()
        waiting = self._waiting
        while waiting is self._waiting and self.box.alive():
            try:
                return waiting.get(timeout=_TICK_S)
            except queue.Empty:
                continue
        return None

    def told(self, path: list[str], body: bytes) -> None:
        """Handle `…/init/error`, `…/invocation/ID/response` or `…/invocation/ID/error`."""
        answer = json.loads(body) if body else None
        if path[-2:] == ["init", "error"]:
            self.init_error = answer
        elif call := self._calls.pop(path[-2], None):
            call.put((path[-1] == "response", answer))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet: a second packet would wait for an acknowledgement

            def do_GET(self) -> None:
                event = api.next_event()
                if event is None:
                    self.close_connection = True
                    return
                request, body, deadline = event
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", request)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                arn = f"arn:aws:lambda:{_REGION}:000000000000:function:box"
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
                self._end(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                api.told(self.path.split("/"), body)
                self.send_response(202)
                self._end(b'{"status":"OK"}')

            def _end(self, body: bytes) -> None:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing: the runtime's own log tells more."""

        return Handler
