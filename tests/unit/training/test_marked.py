"""Watermarks on the owner's own pictures, seen by the classifier that ships."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bowerbird.demo.served_pictures import PHOTOGRAPHS
from bowerbird.training import marked, write


def test_marked_pictures_among_ones_own_are_found(tmp_path: Path) -> None:
    clean, signed, gone = (tmp_path / name for name in ("clean.jpg", "signed.jpg", "gone.jpg"))
    scene = Image.open(PHOTOGRAPHS / "canyon-wren.jpg").convert("RGB")
    scene.save(clean)
    ImageDraw.Draw(scene).text(
        (20, scene.height - 60), "© Ann Example Photography", "white", ImageFont.load_default(40)
    )
    scene.save(signed)
    seen = marked.look([clean, signed, gone], write.networks("lite"))
    assert seen is not None
    assert (list(seen.looked), seen.found) == ([clean, signed], [signed])


def test_a_bundle_that_lets_marks_pass_looks_for_none(tmp_path: Path) -> None:
    lite = write.networks("lite")
    for choice in ("off", "note"):
        assert marked.look([tmp_path / "any.jpg"], write.with_marks(lite, choice)) is None
