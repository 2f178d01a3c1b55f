"""What is read of a stream at 60, 1,000 and 5,000 events a second, with kills and overlaps.

`python -m tests.integration.sources.jetstream_rates` prints a table; the server is a process of its own.
"""

from __future__ import annotations

import multiprocessing
import random
import tempfile
import time
from contextlib import closing
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.bluesky import BlueskySource
from bowerbird.net import WebSockets
from bowerbird.net.limiter import Limit, Limiter
from tests.integration.sources.loopback_jetstream import HOST, Clock, is_picture, loopback_jetstream, uri_of

RUNS = 20
START = Clock().now


def served(rate: float, gateway: Connection) -> None:
    """The other process: its clock is moved by what it is sent."""
    clock = Clock()
    with loopback_jetstream(clock, rate, compression="deflate") as jetstream:
        gateway.send(jetstream.gateway)
        while (now := gateway.recv()) is not None:
            clock.now = now
            gateway.send(now)


def source(gateway: str, store: Path, clock: Clock) -> BlueskySource:
    streams = WebSockets(user_agent="linux:bowerbird-test:1", gateway=gateway)
    limiter = Limiter({}, Limit(1000, 1))
    context = Context(streams=streams, store=FolderStore(store), limiter=limiter, seconds=60)
    return BlueskySource(HOST, context, streams, clock)


def measured(rate: float, between_s: float) -> str:
    """Runs that end well, are killed before they commit, stop half-way, and overlap, in turn."""
    chance, clock, got, twice = random.Random(5), Clock(), set[str](), 0
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=served, args=(rate, theirs), daemon=True)
    server.start()
    gateway = ours.recv()
    events, took = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(RUNS):
            clock.now += between_s
            ours.send(clock.now)
            ours.recv()
            last = number == RUNS - 1
            first, other = (source(gateway, Path(folder), clock) for _ in range(2))
            began = time.perf_counter()
            with closing(first.posts()) as posts:
                stop = chance.randrange(1, 50) if number % 4 == 1 and not last else None
                new = [post.submission.id for post in islice(posts, stop)]
                if number % 4 == 2:  # another run begins and ends while this one has not committed
                    new += [post.submission.id for post in other.posts()]
                    other.commit()
            took += time.perf_counter() - began
            if number % 4 != 3 or last:  # else killed: what it read is read again
                first.commit()
                twice += len(new) - len(set(new) - got)
                got |= set(new)
            events += sum(each.events for each in (first.run, other.run))
        gaps = len(first.progress.gaps) if first.progress else -1
    ours.send(None)
    server.join()
    happened = {uri_of(n) for n in range(int((clock.now - START) * rate) + 1) if is_picture(n)}
    missing, pictures = len(happened - got), len(happened)
    read = f"{events:9,} {events / took:10,.0f}"
    return f"{rate:6.0f} {RUNS:5} {read} {pictures:9,} {missing:8} {twice:6} {gaps:5}"


def main() -> None:
    """Print the table."""
    print("events/s  runs  events    read/s   pictures  missing  twice  gaps")
    for rate, between_s in ((60, 60.0), (1_000, 5.0), (5_000, 2.0)):
        print(measured(rate, between_s), flush=True)


if __name__ == "__main__":
    main()
