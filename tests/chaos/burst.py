"""A burst on the embedded worker: `python -m tests.chaos.burst` queues 100,000 messages and drains them.

The candidates declare a size that is too small, so that what is measured is the queue, the worker and the
ledger, and not the internet.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import open_place
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from bowerbird.crawl.sources.urls import UrlsSource
from bowerbird.host.counts import RunCounts
from bowerbird.host.wiring import HostOptions, embedded_host, http_fetcher


def body(number: int) -> str:
    """A candidate of 64 x 64 pixels."""
    submission = Submission(
        "burst", f"t3_{number}", community="EarthPorn", title=f"Post {number} " + "x" * 200
    )
    url = f"https://pictures.example/{number}.jpg"
    return encode_candidate(Candidate(f"c{number}", (url,), submission, width=64, height=64))


def resident() -> float:
    """Megabytes of memory this process holds now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main(argv: Sequence[str]) -> None:
    """Print what memory was held at each tenth, and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args(argv).count
    with tempfile.TemporaryDirectory() as folder:
        place = open_place(folder)
        with embedded_host(place, UrlsSource(Path("none")), HostOptions(), http_fetcher()) as host:
            for start in range(0, count, 1000):
                numbers = range(start, min(start + 1000, count))
                host.queue.send([(f"c{number}", body(number)) for number in numbers])
            held: list[float] = []

            def look(tally: RunCounts, _depth: object) -> None:
                if tally.judged >= count * (len(held) + 1) / 10:
                    held.append(resident())
                    print(f"judged {tally.judged}: {held[-1]:.0f} MB", flush=True)

            host.on_progress = look
            print(f"queued {count}: {resident():.0f} MB", flush=True)
            began, cpu = time.monotonic(), time.process_time()
            host.run(lambda: ())
            took, cpu = time.monotonic() - began, time.process_time() - cpu
            depth = host.queue.depth()
        store = FolderStore(Path(folder))
        lines = sum((store.get(key) or b"").count(b"\n") for key in store.keys("decisions/"))
    print(f"{host.tally.judged} decided in {took:.0f} s ({cpu:.0f} s of processor), {lines} lines")
    print(f"left: {depth}; {resident():.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
