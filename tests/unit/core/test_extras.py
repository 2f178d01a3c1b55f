import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bowerbird.core.errors import UsageError
from bowerbird.core.extras import EXTRAS, told_if_missing
from tests.unit.test_architecture import PRODUCT, tops

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
DISTRIBUTIONS = packages_distributions()


def names(requirements: list[str]) -> set[str]:
    return {line.partition(">")[0].partition("=")[0].partition("[")[0].lower() for line in requirements}


def distribution(package: str) -> str:
    return DISTRIBUTIONS[package][0].lower().replace("_", "-")


def test_a_missing_package_is_named_with_the_line_that_brings_it() -> None:
    said = r"package sklearn is not installed: run pip install '\.\[train\]' in the folder"
    with pytest.raises(UsageError, match=said), told_if_missing():
        raise ModuleNotFoundError(name="sklearn.metrics")


@pytest.mark.parametrize("name", ["bowerbird.nothing", "numpy", None])
def test_any_other_missing_module_is_a_fault_of_ours(name: str | None) -> None:
    with pytest.raises(ModuleNotFoundError), told_if_missing():
        raise ModuleNotFoundError(name=name)


def test_every_package_of_an_extra_is_known() -> None:
    known = {(distribution(package), extra) for package, extra in EXTRAS.items()}
    extras: dict[str, list[str]] = PROJECT["optional-dependencies"]
    listed = {(name, extra) for extra, lines in extras.items() for name in names(lines) - {"bowerbird"}}
    assert listed <= known
    assert {extra for _, extra in known} <= set(extras)


def test_what_the_product_imports_is_installed_with_it_or_by_an_extra() -> None:
    ours = names(PROJECT["dependencies"])
    imported = {top for path in PRODUCT for top in tops(path)} & set(DISTRIBUTIONS) - {"bowerbird"}
    missing = {top for top in imported if top not in EXTRAS and distribution(top) not in ours}
    # jinja2's own, and what only mypy reads.
    assert missing - {"markupsafe"} == {top for top in missing if top.startswith("mypy_boto3_")}
