"""Coverage-guided fuzzing with atheris, a target at a time: `make fuzz-guided` runs them all.

atheris sees branches of Python code only, so it is best at headers, URLs and JSON; run.py sees to the pixels.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["PIL", "bowerbird", "functions", "urllib3.util", "bowerbird.models"]
):
    from tests.fuzz.targets import TARGETS, outcome


def main() -> None:
    """Fuzz one target until libFuzzer's limits end it; the rest of the line is libFuzzer's."""
    name = sys.argv[1]
    target, make_seeds = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix=f"bowerbird-{name}-"))
    for number, seed in enumerate(make_seeds()):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:], str(corpus)], lambda data: void(outcome(target, data)))
    atheris.Fuzz()


def void(_: str) -> None:
    """Drop the word: libFuzzer takes no answer but None."""


if __name__ == "__main__":
    main()
