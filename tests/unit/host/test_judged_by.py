"""A place remembers who judged in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bowerbird.host.judged_by import remember, remembered
from bowerbird.models.bundle import find, load


def test_an_installed_bundle_is_remembered_by_its_name_and_another_by_its_folder(tmp_path: Path) -> None:
    assert remembered(tmp_path) is None
    remember(tmp_path, load("lite"))
    assert remembered(tmp_path) == "lite"
    own = tmp_path / "own" / "taste"
    shutil.copytree(find("lite"), own)
    remember(tmp_path, load(own))
    assert remembered(tmp_path) == str(own)
    assert json.loads((tmp_path / "judged-by.json").read_text())["label"] == load("lite").label
    shutil.rmtree(own)
    assert remembered(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 9999, '{"bundle": "../nowhere"}', "\xff"])
def test_what_cannot_be_read_is_as_if_nobody_had_noted_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "judged-by.json").write_text(text, encoding="latin-1")
    assert remembered(tmp_path) is None
