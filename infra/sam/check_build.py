"""Checks built artefacts: every handler imports on Lambda's Python, and fits Lambda.

Usage: python -m infra.sam.check_build BUILT_TEMPLATE RUNTIME_PYTHON

RUNTIME_PYTHON is a Python 3.13 that has what the Lambda runtime brings by itself (requirements/lambda.txt).
No network, no account and no credentials are needed.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from infra.sam.built import BuiltFunction, built_functions

# "Deployment package size: 250 MB unzipped, including layers":
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LIMIT_BYTES: Final = 250 * 1024 * 1024
_TOLD: Final = 10

# Parameters without a default, since nobody has the same gallery.
_PLACEHOLDERS: Final = {
    "BOWERBIRD_SCENERY_URL": "https://scenery.example",
    "BOWERBIRD_SCENERY_PASSWORD": "none",
}


def sizes(function: BuiltFunction) -> Counter[str]:
    """Count the bytes of each top-level package, in the function's own code and its layers."""
    found: Counter[str] = Counter()
    for folder in function.folders():
        for path in folder.rglob("*"):
            if path.is_file():
                parts = path.relative_to(folder).parts
                found[parts[1] if parts[0] == "python" else parts[0]] += path.stat().st_size
    return found


# The other Python runs this. It imports the handler, then keeps the bytecode of all that it imported. Lambda
# cannot write bytecode, so each start would compile anew, which is half of INIT (docs/cost.md). Python does
# not check this bytecode against its source: zip and Lambda do not keep the source's time.
_IMPORT: Final = """
import importlib, py_compile, sys
module, _, name = sys.argv[1].rpartition(".")
getattr(importlib.import_module(module), name)
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
for each in list(sys.modules.values()):
    file = getattr(each, "__file__", None) or ""
    if file.startswith(sys.argv[2]) and file.endswith(".py"):
        py_compile.compile(file, doraise=True, invalidation_mode=unchecked)
"""


def import_handler(function: BuiltFunction, python: str, build: Path) -> str:
    """Import as Lambda does and keep the bytecode; returns what went wrong, or nothing."""
    done = subprocess.run(  # noqa: S603 - our own build, on the interpreter we were given
        [python, "-B", "-c", _IMPORT, function.handler, str(build)],
        cwd="/",
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(function.python_path()),
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            **function.environment,
            **_PLACEHOLDERS,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else ""


def runs_here(function: BuiltFunction) -> bool:
    """Tell whether the function's compiled code is for this machine's processor."""
    modules = [path.name for folder in function.folders() for path in folder.rglob("*-linux-gnu.so")]
    return all(platform.machine() in name for name in modules)


def main() -> int:
    """Check every function; 0 when all import and fit."""
    template, python = Path(sys.argv[1]).absolute(), str(Path(sys.argv[2]).absolute())
    failed = False
    functions = built_functions(template)
    for function in functions:
        if not runs_here(function):
            print(f"{function.handler} is for another processor than this one, so it was not imported")
        elif error := import_handler(function, python, template.parent):
            print(f"{function.handler} cannot be imported:\n{error}")
            failed = True
    for function in functions:
        by_package = sizes(function)
        total = by_package.total()
        print(f"{function.name}: {total / 1e6:.1f} MB of {LIMIT_BYTES / 1e6:.1f} MB unzipped")
        for package, size in by_package.most_common(_TOLD):
            print(f"  {size / 1e6:8.1f} MB  {package}")
        if total > LIMIT_BYTES:
            print("  too large for Lambda: choose a smaller bundle")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
