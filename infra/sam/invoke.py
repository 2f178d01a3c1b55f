"""Runs one built function on one event, as `sam local invoke` does, but without Docker.

Usage: python -m infra.sam.invoke FUNCTION EVENT.json [ENV.json] [NAME=VALUE…]

The variables take the place of the template's. ENV.json has them as for `sam local invoke --env-vars`, such
as infra/events/env.json. NAME=VALUE comes last, for example AWS_ENDPOINT_URL=http://127.0.0.1:4566.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from infra.sam.box import Box
from infra.sam.built import built_functions

ROOT = Path(__file__).parents[2]
# The shell's, which `sam local invoke` hands over, too.
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def given(function: str, arguments: list[str]) -> dict[str, str]:
    """Read the variables of one function from the command line; the later ones count.

    A file has variables of all functions under `Parameters`, and a function's own under its name. Where
    another AWS_ENDPOINT_URL follows the file, its queues are at that one.
    """
    found: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if equals:
            if name == "AWS_ENDPOINT_URL" and (moved := found.get(name)):
                found = {key: text.replace(moved, value, 1) for key, text in found.items()}
            found[name] = value
        else:
            told = json.loads(Path(argument).read_text())
            found |= {**told.get("Parameters", {}), **told.get(function, {})}
    return found


def main() -> int:
    """Print the answer; 0 when the function answered without an error."""
    name, event, *variables = sys.argv[1:]
    functions = {each.name: each for each in built_functions(ROOT / ".aws-sam" / "build" / "template.yaml")}
    if name not in functions:
        print(f"no function {name}: say one of {', '.join(functions)}", file=sys.stderr)
        return 2
    keys = {key: os.environ[key] for key in _KEYS if key in os.environ}
    environment = keys | given(name, variables)
    python = ROOT / ".venv-lambda" / "bin" / "python"
    box = Box(functions[name], python, environment, log=Path("/dev/stderr"))
    try:
        report = box.invoke(json.loads(Path(event).read_text()))
    finally:
        box.close()
    print(json.dumps(report.answer, indent=1, ensure_ascii=False))
    init = f", INIT {report.init_ms:.0f} ms" if report.init_ms else ""
    print(f"{report.error or 'ok'}: {report.ms:.0f} ms{init}, peak {report.peak_mb:.0f} MB", file=sys.stderr)
    return int(report.error is not None)


if __name__ == "__main__":
    sys.exit(main())
