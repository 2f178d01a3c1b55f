"""Starts `bowerbird` processes by fork: imports cost a second each, and chaos takes hundreds.

Reads a JSON list of arguments a line, forks a process that runs them as the command would, prints its id; for
an empty line, prints the exit status of the child that ended, as JSON `[pid, status]`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback

from bowerbird.cli.main import build_parser, main
from bowerbird.config.reading import read
from bowerbird.crawl.focused import focused
from bowerbird.host.mine import mine
from bowerbird.host.plan import planned


def serve() -> None:
    """Serve until standard input ends."""
    build_parser()
    for line in sys.stdin:
        if line.strip():
            print(_start(*json.loads(line)), flush=True)
        else:
            print(json.dumps(os.wait()), flush=True)


def _start(output: str, *arguments: str) -> int:
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            status = main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
            raise
        finally:
            os._exit(status)
    return pid


if __name__ == "__main__":
    assert read
    assert mine
    assert focused
    assert planned
    serve()
