"""A place remembers who judged in it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
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
    shutil.rmtree(own)
    assert remembered(tmp_path) is None


def test_each_label_has_its_bundle_and_the_last_one_is_the_last(tmp_path: Path) -> None:
    lite = load("lite")
    for version in ("1.0.0", "2.0.0", "1.0.0"):
        own = tmp_path / "taste" / version
        shutil.copytree(lite.folder, own, dirs_exist_ok=True)
        manifest = lite.manifest.model_copy(update={"name": "taste", "version": version})
        remember(tmp_path, replace(lite, folder=own, manifest=manifest))
    assert remembered(tmp_path) == remembered(tmp_path, "taste@1.0.0") == str(tmp_path / "taste" / "1.0.0")
    assert remembered(tmp_path, "taste@2.0.0") == str(tmp_path / "taste" / "2.0.0")
    assert remembered(tmp_path, "other@1.0.0") is None


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "judged-by.json").write_text(json.dumps({f"old@{day}.0.0": "lite" for day in range(100)}))
    remember(tmp_path, load("lite"))
    told = json.loads((tmp_path / "judged-by.json").read_text())
    assert (len(told), next(iter(told)), list(told)[-1]) == (100, "old@1.0.0", load("lite").label)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 9999, '{"a@1.0.0": "../nowhere"}', '{"a@1.0.0": 7}', '{"a": "\\u0000"}', "\xff"],
)
def test_what_cannot_be_read_is_as_if_nobody_had_noted_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "judged-by.json").write_text(text, encoding="latin-1")
    assert remembered(tmp_path) is None
