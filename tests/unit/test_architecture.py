"""Imports point one way: functions → layers, infra → both, and no function knows another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each part may import of ours. The longest matching prefix speaks for a file.
ALLOWED = {
    "layers/core": {"bowerbird"},
    "src/bowerbird/models": {"bowerbird", "bowerbird.models"},
    "functions/crawl": {"bowerbird", "functions.crawl"},
    "functions/filter": {"bowerbird", "bowerbird.models", "functions.filter"},
    "functions/deliver": {"bowerbird", "functions.deliver"},
}
OURS = ("bowerbird", "bowerbird.models", "functions", "infra", "layers", "benchmarks", "tests")
TRAINING_ONLY = {"sklearn", "torch", "scipy", "matplotlib", "pickle", "joblib"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


MODULES = [(part, path) for part in ALLOWED for path in sorted((ROOT / part).rglob("*.py"))]


@pytest.mark.parametrize(("part", "path"), MODULES, ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_a_module_imports_only_what_its_part_may(part: str, path: Path) -> None:
    ours = {name for name in imported(path) if name.partition(".")[0] in OURS}
    wrong = {name for name in ours if not any(within(name, package) for package in ALLOWED[part])}
    assert wrong == set()


def test_training_libraries_never_reach_run_time() -> None:
    guilty = [path for _, path in MODULES if {n.partition(".")[0] for n in imported(path)} & TRAINING_ONLY]
    assert guilty == []


def test_boto3_stays_at_the_edge() -> None:
    edges = {"aws", "bootstrap.py"}
    users = [
        path.relative_to(ROOT)
        for _, path in MODULES
        if {name.partition(".")[0] for name in imported(path)} & {"boto3", "botocore"}
    ]
    assert [path for path in users if not edges & set(path.parts)] == []


def test_the_environment_is_read_in_settings_only() -> None:
    readers = [
        path.relative_to(ROOT)
        for _, path in MODULES
        if path.name != "settings.py" and {"pydantic_settings", "os.environ", "os.getenv"} & imported(path)
    ]
    assert readers == []
    assert [path for _, path in MODULES if "os.environ" in path.read_text(encoding="utf-8")] == []


def test_handlers_are_thin() -> None:
    lengths = {path: len(path.read_text().splitlines()) for _, path in MODULES if path.name == "handler.py"}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > 40} == {}
