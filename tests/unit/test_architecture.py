"""Imports point one way; docs/architecture.md draws the arrows, and this enforces them."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A part may import itself, those of lower rows, and nothing else of ours.
ROWS = (
    {"core"},
    {"net", "imaging"},
    {"models", "adapters"},
    {"crawl", "filter", "deliver", "removal"},
    {"assembly"},
    {"notify"},
    {"config"},
    {"serve", "training", "review", "host"},
    {"demo", "panel"},
    {"cli"},
)
ROW = {part: row for row, parts in enumerate(ROWS) for part in parts}
# What stands beside the product may import the product and itself; nothing may import it.
BESIDE = {
    "functions": {"bowerbird", "functions"},
    "infra": {"bowerbird", "infra"},
    "layers/models/workshop": {"bowerbird", "layers"},
    "benchmarks": {"bowerbird", "benchmarks"},
}
# One page of a row is served by its neighbour.
NEIGHBOURS = {("review", "serve")}
OURS = {"bowerbird", "functions", "infra", "layers", "benchmarks", "tests"}
TRAINING_ONLY = {"sklearn", "torch", "scipy", "matplotlib", "pickle", "joblib"}
SHIPPED = [part for row in ROWS[:5] for part in row] + ["serve"]


@cache
def imported(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(names)


def called(path: Path) -> set[str]:
    """What is called by its bare name."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.func.id for node in tree if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


PRODUCT = modules("src/bowerbird")
DEPLOYED = [path for part in SHIPPED for path in modules(f"src/bowerbird/{part}")] + modules("functions")


def part_of(path: Path) -> str | None:
    inside = path.relative_to(ROOT / "src" / "bowerbird").parts
    return inside[0] if len(inside) > 1 else None


def test_every_part_has_a_row() -> None:
    assert {part_of(path) for path in PRODUCT} - {None} == set(ROW)


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_lies_below(path: Path) -> None:
    part = part_of(path)
    wrong = {name for name in imported(path) if name.partition(".")[0] in OURS - {"bowerbird"}}
    for name in imported(path):
        top, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if top != "bowerbird" or other not in ROW or other == part:
            continue
        if part is None or (ROW[other] >= ROW[part] and (part, other) not in NEIGHBOURS):
            wrong.add(name)
    assert wrong == set()


@pytest.mark.parametrize("folder", BESIDE)
def test_what_stands_beside_the_product_knows_only_it(folder: str) -> None:
    wrong = {
        (path.relative_to(ROOT).as_posix(), top)
        for path in modules(folder)
        for top in (tops(path) & OURS) - BESIDE[folder]
    }
    assert wrong == set()


def test_no_function_knows_another() -> None:
    wrong = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules("functions")
        for name in imported(path)
        if name.startswith("functions.") and name.split(".")[1] != path.relative_to(ROOT).parts[1]
    }
    assert wrong == set()


def test_all_json_is_read_in_one_place_which_knows_how_deep_a_text_may_nest() -> None:
    only = ROOT / "src/bowerbird/core/json_text.py"
    text = {path for path in PRODUCT + modules("functions") if "json.load" in path.read_text()}
    assert text == {only}


def test_all_arrays_are_weighed_before_they_are_unpacked() -> None:
    assert [path for path in PRODUCT + modules("functions") if "np.load(" in path.read_text()] == []


def test_training_libraries_never_reach_lambda() -> None:
    assert [path for path in DEPLOYED if tops(path) & TRAINING_ONLY] == []


def test_the_layer_ships_what_the_functions_may_import() -> None:
    (line,) = (
        line
        for line in (ROOT / "layers/core/Makefile").read_text().splitlines()
        if line.startswith("SHIPPED")
    )
    assert set(line.partition(":=")[2].split()) == set(SHIPPED)
    left_out = set((ROOT / ".dockerignore").read_text().splitlines())
    assert {f"src/bowerbird/{part}" for part in set(ROW) - set(SHIPPED)} <= left_out


def test_boto3_stays_at_the_edge() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in PRODUCT + modules("functions")
        if tops(path) & {"boto3", "botocore"}
    ]
    wired = {"wiring.py", "place.py"}
    assert [user for user in users if "/aws/" not in user and Path(user).name not in wired] == []


# What an installation is made of.
ASSEMBLED = {"CandidateFilter", "Consumer", "Copies", "Crawler", "Deliverer", "Parts", "Survivors"}


def test_an_installation_is_put_together_in_one_place() -> None:
    makers = {
        path.parent.relative_to(ROOT).as_posix()
        for path in PRODUCT + modules("functions")
        if called(path) & ASSEMBLED
    }
    assert makers == {"src/bowerbird/assembly"}


def test_the_environment_is_read_in_settings_only() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in DEPLOYED
        if path.name != "settings.py"
        and (
            {"pydantic_settings", "os.environ", "os.getenv"} & imported(path)
            or "os.environ" in path.read_text(encoding="utf-8")
        )
    ]
    assert readers == []


def test_handlers_are_thin() -> None:
    lengths = {
        path: len(path.read_text().splitlines())
        for path in modules("functions")
        if path.name.endswith("handler.py")
    }
    assert lengths
    assert {path: length for path, length in lengths.items() if length > 40} == {}


def test_no_test_has_a_page_ask_itself_again() -> None:
    # Playwright's own wait asks from within the page, where our rules forbid it: it fails when the first
    # answer is no, which is once in many runs.
    asks = {
        path.name for path in modules("tests") if ".wait_for_function(" in path.read_text(encoding="utf-8")
    }
    assert asks <= {Path(__file__).name}
