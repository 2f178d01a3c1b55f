"""The process that reads one feed; `bowerbird.crawl.feeds.isolated` starts it.

    python -m bowerbird.crawl.feeds.worker SECONDS MEMORY_BYTES

It reads the feed from stdin, and writes what is in it to stdout as JSON: see `bowerbird.crawl.feeds.reading`.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

from bowerbird.core.process_limits import allow_cpu, forbid
from bowerbird.crawl.feeds.reading import read


def main() -> None:
    """Read, answer, end."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    warnings.simplefilter("ignore")  # feedparser's, about odd dates; nobody reads them here
    forbid(memory)
    allow_cpu(seconds)
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read())))


def _answer(body: bytes) -> dict[str, Any]:
    try:
        return {"feed": read(body)}
    except Exception as error:  # noqa: BLE001 - whatever it is, there are no entries
        return {"error": type(error).__name__}


if __name__ == "__main__":
    main()
