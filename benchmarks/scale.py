"""Measures what a candidate costs after many others, in all parts that remember something.

    python -m benchmarks.scale --up-to 1000000

Candidates are synthetic, with no pictures and no network. That leaves the parts that could grow: the queue,
the decided-set, claims, the index of near-duplicates and decision lines. Figures are CPU time, not wall time.
At the end it tells what all takes on disk, before and after `bowerbird compact`. Lines have the fields, and
titles the variety, of those that r/all gives.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Clock, peak_mb
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.compaction import RECENT_DAYS
from bowerbird.core.decisions import Decision
from bowerbird.core.keys import digest, image_key
from bowerbird.core.likeness import Likeness
from bowerbird.core.messages import Candidate, Preview, Submission, decode_candidate, encode_candidate
from bowerbird.core.ports import Message
from bowerbird.core.reasons import Reason, Word
from bowerbird.host.tidying import tidy

_KEPT_EVERY = 200  # of r/all, 0.1 to 0.5 % are kept
_SEEN_EVERY = 9  # what comes as far as the stages that look for copies
_TOO_SMALL = Reason(Word.TOO_SMALL, "640x480 is 307200 pixels, less than 1310720")
_STAGES = ("declared", "decided", "preview", "preview_fetch")
_RECEIVE = 32  # twice the host's downloads
_A_DAY = 20_000
_A_FLUSH = 100  # the decisions of a few seconds: what one file of lines holds in a busy hour
_FIRST_DAY = date(2026, 1, 1)


def main() -> None:
    """Measure at a thousand, ten thousand… candidates."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--up-to", type=int, default=100_000)
    parser.add_argument("--out", type=Path, help="a folder for the figures as JSON and as a plot")
    arguments = parser.parse_args()
    rows = []
    with TemporaryDirectory() as place:
        stream = _Stream(Path(place))
        print(f"{'candidates':>11}{'us each':>9}{'peak MB':>9}  of which")
        done, step = 0, 1000
        while done < arguments.up_to:
            step = max(1000, done)  # 1,000, 2,000, 4,000…: each row is the last half of the stream
            count = min(step, arguments.up_to - done)
            each, parts = stream.run(done, count)
            done += count
            rows.append({"candidates": done, "cpu_us": each, "parts_us": parts, "peak_mb": peak_mb()})
            named = ", ".join(f"{name} {spent:.0f}" for name, spent in parts.items())
            print(f"{done:11}{each:9.0f}{rows[-1]['peak_mb']:9.0f}  {named}", flush=True)
        disk = stream.disk(Path(place), done)
        print("\n".join(f"{name}: {told}" for name, told in disk.items()))
        rate = stream.queue_rate(min(20_000, arguments.up_to))
        print(f"the queue alone: {rate:.0f} messages a CPU second, received {_RECEIVE} at a time and deleted")
    if arguments.out:
        arguments.out.mkdir(exist_ok=True)
        text = json.dumps({"curve": rows, "queue_rate": rate, "disk": disk}, indent=1)
        (arguments.out / "scale.json").write_text(text + "\n")
        from benchmarks.plot import draw_scale  # noqa: PLC0415 - its 40 MB are not what is measured

        draw_scale(rows, arguments.out / "scale.svg")


class _Stream:
    def __init__(self, place: Path) -> None:
        self._queue = SqliteQueue(place / "queue.db")
        self._store = FolderStore(place)
        self._ledger = SqliteLedger(place / "ledger.db", self._store)
        self._likenesses = SqliteLikenesses(place / "likenesses.db")
        self._clock = Clock()

    def run(self, start: int, count: int) -> tuple[float, dict[str, float]]:
        """Bring so many new candidates from the crawl to their lines; CPU microseconds each, and by part."""
        self._clock.spent.clear()
        begun = time.process_time()
        numbers = iter(range(start, start + count))
        while batch := list(islice(numbers, _A_FLUSH)):
            crawled = [_candidate(number) for number in batch]
            with self._clock("decided-set"):
                new = [each for each in crawled if not self._ledger.knows(each.id)]
            with self._clock("queue"):
                for pairs in _batches([(each.id, encode_candidate(each)) for each in new], 50):
                    self._queue.send(pairs)
            while messages := self._receive():
                for message in messages:
                    self._decide(message.body)
                with self._clock("queue"):
                    self._queue.delete([message.receipt for message in messages])
            with self._clock("decision lines"):
                self._ledger.flush()
        each = (time.process_time() - begun) / count * 1e6
        return each, {name: spent / count * 1000 for name, spent in self._clock.spent.items()}

    def disk(self, place: Path, count: int) -> dict[str, str]:
        """What lines, ledger and index take, before and after a compaction, and what that one took."""
        told = {"on disk": _on_disk(place)}
        begun = time.process_time()
        last = _FIRST_DAY + timedelta(days=count // _A_DAY)
        days = sum(1 for _ in tidy(self._store, self._ledger, last + timedelta(days=RECENT_DAYS)))
        self._ledger.shrink()
        told["compaction"] = (
            f"{days} days in {time.process_time() - begun:.1f} s of CPU, peak {peak_mb():.0f} MB"
        )
        return told | {"after it": _on_disk(place)}

    def queue_rate(self, count: int) -> float:
        """Messages received and deleted in a second of CPU."""
        for pairs in _batches([(str(n), encode_candidate(_candidate(n))) for n in range(count)], 500):
            self._queue.send(pairs)
        begun = time.process_time()
        while messages := self._queue.receive(_RECEIVE):
            self._queue.delete([message.receipt for message in messages])
        return count / (time.process_time() - begun)

    def _receive(self) -> list[Message]:
        with self._clock("queue"):
            return self._queue.receive(_RECEIVE)

    def _decide(self, body: str) -> None:
        candidate = decode_candidate(body)
        number = int(candidate.id, 36)
        with self._clock("decided-set"):
            if self._ledger.decided(candidate.id) is not None:
                return
            self._ledger.claimed_by(candidate.id)
        sha256 = digest(f"picture {number}")
        keep = number % _KEPT_EVERY == 0
        if keep or number % _SEEN_EVERY == 0:
            with self._clock("duplicates"):
                self._ledger.owner(sha256)
                self._likenesses.near(_likeness(candidate, sha256))
        if keep:
            with self._clock("duplicates"):
                self._ledger.claim(sha256, candidate.id)
                self._likenesses.enter(_likeness(candidate, sha256))
        with self._clock("decisions"):
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


def _likeness(candidate: Candidate, sha256: str) -> Likeness:
    bits = bytes.fromhex(sha256)
    return Likeness(image_key(sha256, "JPEG"), candidate.id, int.from_bytes(bits[:8]), bits)


def _decision(candidate: Candidate, *, keep: bool) -> Decision:
    number = int(candidate.id, 36)
    chance = random.Random(number)
    day = _FIRST_DAY + timedelta(days=number // _A_DAY)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(milliseconds=number % _A_DAY * 4000)
    seen = keep or number % 2 == 0  # half are settled by what the listing says
    score = round(chance.uniform(-9, 1), 4)
    reason = Reason(Word.NOVELTY, f"{score:.2f} < -1.80") if seen else _TOO_SMALL
    told = {
        "source": "reddit",
        "id": candidate.submission.id,
        "community": "EarthPorn",
        "author": _word(chance, 9),
    }
    title = " ".join(_word(chance, chance.randint(2, 9)) for _ in range(8))
    return Decision(
        candidate=candidate.id,
        keep=keep,
        stage="watermark" if keep else "preview" if seen else "declared",
        reason=Reason(Word.KEPT) if keep else reason,
        bundle="lite@1.0.0",
        decided_at=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        scores={"preview": score} if seen else {},
        thresholds={"preview": -2.304} if seen else {},
        timings={name: round(chance.uniform(0.01, 40), 2) for name in _STAGES[: 4 if seen else 1]},
        facts={"host": "reddit", "declared": {"width": 4000, "height": chance.randint(600, 9000)}},
        submission=told | {"title": title, "permalink": f"/r/EarthPorn/comments/{candidate.id}/"},
        image=image_key(digest(f"picture {number}"), "JPEG") if keep else None,
    )


def _word(chance: random.Random, length: int) -> str:
    return "".join(chance.choice("etaoinshrdlucmfwyp") for _ in range(length))


def _on_disk(place: Path) -> str:
    files = [path for path in place.rglob("*") if path.is_file()]
    lines = [path for path in files if "decisions" in path.parts]
    sizes = {
        f"{len(lines)} files of lines": sum(path.stat().st_size for path in lines),
        "ledger": _size(files, "ledger.db"),
        "index of copies": _size(files, "likenesses.db"),
        "queue": _size(files, "queue.db"),
    }
    parts = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    return f"{sum(sizes.values()) / 1e6:.1f} MB: {parts}"


def _size(files: list[Path], name: str) -> int:
    return sum(path.stat().st_size for path in files if path.name.startswith(name))


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


if __name__ == "__main__":
    main()
