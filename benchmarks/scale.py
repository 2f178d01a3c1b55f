"""Cost of a candidate against how many there have been: queue, decided-set, claims and decision lines.

    python -m benchmarks.scale --up-to 100000

Synthetic candidates, no pictures and no network: what is left is what could grow. CPU time, not wall time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import peak_mb
from bowerbird.adapters.folder import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.decisions import Decision
from bowerbird.keys import digest
from bowerbird.messages import Candidate, Preview, Submission, decode_candidate, encode_candidate

_KEPT_EVERY = 14  # 70 of 1,000
_CLAIM_EVERY = 9  # what comes as far as the duplicate stage
_RECEIVE = 32  # twice the host's downloads


def main() -> None:
    """Measure at a thousand, ten thousand… candidates."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--up-to", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = []
    with TemporaryDirectory() as place:
        stream = _Stream(Path(place))
        print(f"{'candidates':>11}{'us each':>9}{'peak MB':>9}")
        done, step = 0, 1000
        while done < arguments.up_to:
            step = max(1000, done)  # 1,000, 2,000, 4,000…: each row is the last half of the stream
            count = min(step, arguments.up_to - done)
            each = stream.run(done, count)
            done += count
            rows.append({"candidates": done, "cpu_us": each, "peak_mb": peak_mb()})
            print(f"{done:11}{each:9.0f}{rows[-1]['peak_mb']:9.0f}", flush=True)
        rate = stream.queue_rate(min(20_000, arguments.up_to))
        print(f"the queue alone: {rate:.0f} messages a CPU second, received {_RECEIVE} at a time and deleted")
    if arguments.json:
        arguments.json.write_text(json.dumps({"curve": rows, "queue_rate": rate}, indent=1) + "\n")


class _Stream:
    def __init__(self, place: Path) -> None:
        self._queue = SqliteQueue(place / "queue.db")
        self._ledger = SqliteLedger(place / "ledger.db", FolderStore(place))

    def run(self, start: int, count: int) -> float:
        """Bring so many new candidates from the crawl to their lines; CPU microseconds each."""
        begun = time.process_time()
        numbers = iter(range(start, start + count))
        while batch := list(islice(numbers, 1000)):
            new = [each for each in map(_candidate, batch) if self._ledger.decided(each.id) is None]
            for pairs in _batches([(each.id, encode_candidate(each)) for each in new], 50):
                self._queue.send(pairs)
            while messages := self._queue.receive(_RECEIVE):
                for message in messages:
                    self._decide(message.body)
                self._queue.delete([message.receipt for message in messages])
            self._ledger.flush()
        return (time.process_time() - begun) / count * 1e6

    def queue_rate(self, count: int) -> float:
        """Messages received and deleted in a second of CPU."""
        for pairs in _batches([(str(n), encode_candidate(_candidate(n))) for n in range(count)], 500):
            self._queue.send(pairs)
        begun = time.process_time()
        while messages := self._queue.receive(_RECEIVE):
            self._queue.delete([message.receipt for message in messages])
        return count / (time.process_time() - begun)

    def _decide(self, body: str) -> None:
        candidate = decode_candidate(body)
        number = int(candidate.id, 36)
        if self._ledger.decided(candidate.id) is not None:
            return
        self._ledger.claimed_by(candidate.id)
        sha256 = digest(f"picture {number}")
        if number % _CLAIM_EVERY == 0:
            self._ledger.owner(sha256)
        keep = number % _KEPT_EVERY == 0
        if keep:
            self._ledger.claim(sha256, candidate.id)
        self._ledger.commit(_decision(candidate, keep=keep))


def _batches(pairs: list[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    return (pairs[start : start + size] for start in range(0, len(pairs), size))


def _candidate(number: int) -> Candidate:
    name = _base36(number)
    copies = tuple(
        Preview(f"https://preview.redd.it/{name}.jpg?width={width}&s={digest(name)[:40]}", width, width)
        for width in (108, 216, 320, 640, 960, 1080)
    )
    submission = Submission("reddit", f"t3_{name}", "EarthPorn", "somebody", f"Picture {name}")
    return Candidate(name, (f"https://i.redd.it/{name}.jpg",), submission, copies, 4000, 3000, "reddit")


def _decision(candidate: Candidate, *, keep: bool) -> Decision:
    return Decision(
        candidate=candidate.id,
        keep=keep,
        stage="watermark" if keep else "declared",
        reason="kept" if keep else "too-small: 640x480 is 307200 pixels, less than 1310720",
        bundle="lite@1.0.0",
        decided_at="2026-11-22T12:00:00.000Z",
        timings={"declared": 0.01},
        submission={"source": "reddit", "id": candidate.submission.id, "title": candidate.submission.title},
    )


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


if __name__ == "__main__":
    main()
