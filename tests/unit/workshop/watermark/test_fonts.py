from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layers.models.workshop.watermark import fonts


def test_fonts_come_with_the_packages_and_draw_letters() -> None:
    found = fonts.installed()
    names = {path.stem for path in found.files}
    assert {"DejaVuSans", "DejaVuSerif-Italic"} <= names
    assert not {"LastResortHE-Regular", "STIXNonUni", "cmsy10"} & names


def test_a_folder_of_ones_own_is_searched_too(tmp_path: Path) -> None:
    source = next(path for path in fonts.installed().files if path.stem == "DejaVuSans")
    (tmp_path / "Mine.ttf").write_bytes(source.read_bytes())
    assert "Mine.ttf" in {path.name for path in fonts.installed(tmp_path).files}


def test_families_can_be_held_out() -> None:
    found = fonts.installed()
    kept, held = (found.named(("DejaVuSerif", "cm"), keep=keep) for keep in (False, True))
    assert held.files
    assert kept.files
    assert set(kept.files) | set(held.files) == set(found.files)
    assert not set(kept.files) & set(held.files)
    assert set(held.script) <= set(held.files)


@pytest.mark.parametrize("seed", range(3))
def test_picking_depends_on_the_generator_only(seed: int) -> None:
    picks = [fonts.installed().pick(np.random.default_rng(seed)) for _ in range(2)]
    assert picks[0] == picks[1]
