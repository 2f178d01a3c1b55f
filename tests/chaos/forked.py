"""Starts Lambda's runtime client by fork: imports take seconds on a busy machine, and chaos takes hundreds.

What a fork has done already is to import libraries and `functions.filter.wiring`, which wires nothing.
Each life runs the runtime client from its beginning: it imports the handler, loads the bundle, opens clients.

As a program, it is the server: a process for each line on its standard input, whose id it prints.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.sam.box import Launch, Runtime
    from infra.sam.built import BuiltFunction


class Forked:
    """A process that is not our child: known by a descriptor, which outlives its number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._end = os.pidfd_open(pid)
        weakref.finalize(self, os.close, self._end)

    def poll(self) -> int | None:
        """None while it lives."""
        return -1 if select([self._end], [], [], 0)[0] else None

    def kill(self) -> None:
        """As `kill -9` does."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end."""
        select([self._end], [], [])
        return -1


@contextmanager
def fork_server() -> Iterator[Launch]:
    """A launcher for one function's box; the server starts with the first life."""
    servers: list[subprocess.Popen[str]] = []

    def launch(python: Path, function: BuiltFunction, environment: Mapping[str, str], log: Path) -> Runtime:
        if not servers:
            with log.open("ab") as output:
                servers.append(
                    subprocess.Popen(
                        [str(python), __file__, function.handler],
                        cwd=function.task, env=environment, text=True,
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output,
                    )
                )  # fmt: skip
        (server,) = servers
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("\n")
        server.stdin.flush()
        return Forked(int(server.stdout.readline()))

    try:
        yield launch
    finally:
        for server in servers:
            server.communicate()


def _serve(handler: str) -> None:
    from awslambdaric.__main__ import main  # noqa: PLC0415 - is only in the interpreter that runs this

    import functions.filter.wiring as _loaded  # noqa: F401, PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a life ended
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            main(["", handler])
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
