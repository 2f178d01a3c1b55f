"""Asks PyPI for known faults of the versions in lock files: `python -m infra.audit PIP_AUDIT… -- LOCK…`.

pip-audit by itself reports success when it could look nothing up, as behind a mirror that has packages only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    """Look locks up; 0 when everything was looked up and nothing is known, 1 when something is, else 2."""
    cut = arguments.index("--")
    found: list[dict[str, Any]] = []
    for lock in arguments[cut + 1 :]:
        options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
        done = subprocess.run(  # noqa: S603 - what the Makefile says
            [*arguments[:cut], *options, "--requirement", lock],
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            found += json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            print(f"{done.stderr}audit: {lock} was NOT looked up: pip-audit gave no answer")
            return 2
    return told(found)


def told(found: list[dict[str, Any]]) -> int:
    """Print what pip-audit found in `dependencies`, and return the exit status."""
    known = {(each["name"], flaw["id"]): each for each in found for flaw in each.get("vulns", ())}
    skipped = sorted({each["name"] for each in found if "skip_reason" in each})
    for (name, flaw), each in sorted(known.items()):
        print(f"audit: {name} {each['version']}: {flaw}")
    looked_up = len({each["name"] for each in found} - set(skipped))
    print(f"audit: {looked_up} packages looked up, {len(known)} vulnerabilities known")
    if skipped:
        print(f"audit: {len(skipped)} were NOT looked up (no answer from PyPI): {', '.join(skipped)}")
    return 1 if known else 2 if skipped or not looked_up else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
