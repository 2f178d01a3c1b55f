"""Mutated files by the thousand: `make fuzz`, or `python -m tests.fuzz.run image --count 100000 --seed 7`.

Images are decoded in a worker process, so that a crash of the decoder is counted and the run goes on. What
broke anything is written to fuzz-out/, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter
from pathlib import Path

from bowerbird.imaging.isolated import IsolatedDecoder
from tests.fuzz.mutations import mutate
from tests.fuzz.targets import TARGETS, Target, outcome

_OUT = Path("fuzz-out")
# Every input is small; one that takes this long is a hang, or a way to make us busy.
_SLOW_S = 5.0


def main() -> int:
    """Fuzz the targets that were named, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), help=", ".join(TARGETS))
    parser.add_argument("--count", type=int, default=10_000, help="mutated inputs for each target")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.disable(logging.WARNING)  # sources name what they leave out, which here is nearly all
    with IsolatedDecoder(seconds=_SLOW_S) as decoder:
        failures = sum(_fuzz(name, args.count, args.seed, decoder) for name in args.targets)
    return 1 if failures else 0


def _fuzz(name: str, count: int, seed: int, decoder: IsolatedDecoder) -> int:
    target, make_seeds = TARGETS[name]
    if name == "image":
        target = _isolated(decoder)
    samples = make_seeds()
    rng = random.Random(f"{name} {seed}")
    outcomes: Counter[str] = Counter()
    failures = 0
    start = time.monotonic()
    for number in range(count):
        data = mutate(rng.choice(samples), samples, rng)
        word = _try(target, data)
        outcomes[word] += 1
        if word.startswith("BUG"):
            failures += 1
            _OUT.mkdir(exist_ok=True)
            (_OUT / f"{name}-{seed}-{number}").write_bytes(data)
    told = ", ".join(f"{word} {times}" for word, times in outcomes.most_common())
    took = time.monotonic() - start
    sys.stdout.write(f"{name}: {count} inputs, {failures} failures, {took:.0f} s: {told}\n")
    return failures


def _try(target: Target, data: bytes) -> str:
    start = time.monotonic()
    try:
        word = outcome(target, data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what fuzzing looks for
        return f"BUG {type(error).__name__}: {error}"[:120]
    if word in {"crash", "hang"} or time.monotonic() - start > _SLOW_S:
        return f"BUG {word}"
    return word


def _isolated(decoder: IsolatedDecoder) -> Target:
    def decode(data: bytes) -> str:
        decoder.decode(data, min_side=16)
        return "decoded"

    return decode


if __name__ == "__main__":
    sys.exit(main())
