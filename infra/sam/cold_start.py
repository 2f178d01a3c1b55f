"""Measures the built functions on Lambda's runtime client: INIT, the first verdict, warm verdicts, memory.

Usage: python -m infra.sam.cold_start BUILT_TEMPLATE [STARTS]

It uses one core, as much as a function of 1,769 MB has, so run it on a machine that is otherwise quiet. Times
are wall-clock milliseconds, the median and the best of all starts.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from pathlib import Path
from statistics import median
from typing import Any, Final

from infra.sam.box import Box
from infra.sam.built import BuiltFunction, built_functions

ROOT = Path(__file__).parents[2]

_WARM: Final = 20
_SIDE: Final = 512
# The function needs these to start, but does not ask AWS anything during INIT.
_ENVIRONMENT: Final = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


def raw_event(pictures: int) -> dict[str, Any]:
    """Make a call of the HTTP API with pictures of 512 x 512 as raw RGB."""
    event: dict[str, Any] = json.loads((ROOT / "infra" / "events" / "http.json").read_text())
    pixels = random.Random(0).randbytes(pictures * _SIDE * _SIDE * 3)  # noqa: S311 - noise, not a secret
    event["rawPath"] = event["requestContext"]["http"]["path"] = "/judge/raw"
    event["requestContext"]["http"]["method"] = "POST"
    event["headers"]["content-type"] = "application/octet-stream"
    event["headers"]["content-length"] = str(len(pixels))
    event |= {"body": base64.b64encode(pixels).decode(), "isBase64Encoded": True}
    return event


def starts(function: BuiltFunction, event: object, count: int) -> dict[str, list[float]]:
    """Start an environment anew `count` times. Return milliseconds, and MB of memory."""
    python = ROOT / ".venv-lambda" / "bin" / "python"
    found: dict[str, list[float]] = {
        "INIT": [],
        "CPU until the first answer": [],
        "first": [],
        "warm": [],
        "peak MB": [],
    }
    for _ in range(count):
        box = Box(function, python, _ENVIRONMENT)
        try:
            first = box.invoke(event)
            warm = [box.invoke(event) for _ in range(_WARM)]
        finally:
            box.close()
        found["INIT"].append(first.init_ms or 0.0)
        found["CPU until the first answer"].append(first.cpu_ms)
        found["first"].append(first.ms)
        found["warm"].append(median(report.ms for report in warm))
        found["peak MB"].append(max(report.peak_mb for report in warm))
    return found


def main() -> int:
    """Print one line a function."""
    template = Path(sys.argv[1]).absolute()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5  # noqa: PLR2004 - the second argument
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    events = {"FilterFunction": {"Records": []}, "HttpFunction": raw_event(1)}
    for function in built_functions(template):
        if function.name in events:
            found = starts(function, events[function.name], count)
            figures = [f"{name} {median(v):.0f} (best {min(v):.0f})" for name, v in found.items()]
            print(f"{function.name}: {', '.join(figures)}; {count} starts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
