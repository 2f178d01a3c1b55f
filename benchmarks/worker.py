"""One system on one mix in a process of its own: reads a job from stdin, prints its figures as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Clock, children_ms, peak_mb
from bowerbird.core.messages import decode_candidate


def main() -> None:
    """Warm up, then measure."""
    job = json.load(sys.stdin)
    candidates = [decode_candidate(body) for body in job["candidates"]]
    networks, clock = Path(job["networks"]), Clock()
    if job["system"] == "baseline":
        from benchmarks.baseline import Baseline  # noqa: PLC0415 - the others must not pay for scikit-learn

        liked = frozenset(job["liked"])
        baseline = Baseline(networks, job["server"], clock, lambda each: each.id in liked)
        baseline.judge(candidates[-1])
        figures = _measured(clock, lambda: {each.id: baseline.judge(each) for each in candidates})
    else:
        from benchmarks.ours import Ours  # noqa: PLC0415 - same

        with TemporaryDirectory() as place:
            ours = Ours(networks, job["server"], clock, Path(place), job["system"])
            figures = _measured(clock, lambda: ours.judge_all(candidates))
            ours.decoder.close()
    json.dump(figures, sys.stdout)


def _measured(clock: Clock, work: Any) -> dict[str, Any]:
    clock.spent.clear()
    clock.unseen_ms = 0.0
    start, children = time.process_time(), children_ms()
    outcomes = work()
    own = (time.process_time() - start) * 1000 - clock.unseen_ms
    decoding = children_ms() - children
    stages = {name: round(spent, 1) for name, spent in clock.spent.items()}
    stages["decoder process"] = round(decoding, 1)
    stages["everything else"] = round(own - sum(clock.spent.values()), 1)
    return {"cpu_ms": own + decoding, "stages_ms": stages, "peak_mb": peak_mb(), "outcomes": outcomes}


if __name__ == "__main__":
    main()
