"""Nothing that only Linux has is needed to import Bowerbird, or to mine a folder on macOS."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

SOURCE = Path(__file__).parents[2] / "src/bowerbird"
MODULES = sorted(SOURCE.rglob("*.py"))
# What is missing on Windows, on macOS or on both, and the one module that may look whether it is there.
ONLY_SOMEWHERE = {
    "resource": "core/process_limits.py",
    "fcntl": None,
    "pwd": None,
    "grp": None,
    "termios": None,
    "SIGHUP": None,  # named by getattr only
    "SIGKILL": None,
    "sched_getaffinity": "core/cores.py",
    "fork": None,
    "getuid": None,
}
# What a process on another system would not have. portalocker keeps fcntl: it has another way on Windows.
ELSEWHERE = "import os, signal; del signal.SIGHUP, os.sched_getaffinity"


def names(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_one_system_lacks_is_named_in_one_place(path: Path) -> None:
    used = names(ast.parse(path.read_text())) & ONLY_SOMEWHERE.keys()

    assert {name for name in used if ONLY_SOMEWHERE[name] != path.relative_to(SOURCE).as_posix()} == set()


def test_a_folder_is_mined_without_what_only_linux_has(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "in/small.png")
    command = ["mine", "--source", f"folder:{tmp_path}/in", "--out", str(tmp_path / "out")]
    program = f"{ELSEWHERE}\nimport sys\nfrom bowerbird.cli.main import main\nsys.exit(main({command!r}))"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (0, "")
    assert "kept 0 of 1" in told.stdout
