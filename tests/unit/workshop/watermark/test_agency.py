"""Layouts of owners: those that a head learns from, and the fifty that it is measured on."""

import numpy as np
import pytest

from layers.models.workshop.watermark import agency, fonts, layouts, owners
from layers.models.workshop.watermark.agency import Layout, Part
from layers.models.workshop.watermark.relief import Relief
from tests.unit.workshop.watermark.test_render import landscape

LETTERS = fonts.installed()


def laid(*parts: Part, raise_ink: bool = False) -> agency.Laid:
    layout = Layout("Tolen", "centre logo", parts)
    return agency.draw(landscape(), layout, LETTERS, np.random.default_rng(1), raise_ink=raise_ink)


@pytest.mark.parametrize("seed", range(24))
def test_a_random_owner_changes_its_mask_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layout = owners.owner(rng)
    drawn = agency.draw(landscape(), layout, LETTERS, rng)
    changed = np.abs(drawn.image.astype(int) - landscape()).mean(axis=2)
    assert drawn.image.shape == landscape().shape
    assert changed[drawn.mask == 0].max() < 8, "what JPEG would do is no mark"
    assert drawn.noticed >= 1, f"nobody would notice {layout}"


def test_the_same_generator_draws_the_same_owner() -> None:
    first, second = (owners.owner(np.random.default_rng(7)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("relief", "higher"),
    [
        (Relief(fill=0.3), True),
        (Relief(fill=0.3, colour=(0, 0, 0)), False),
        (Relief(outline=0.5), True),
        (Relief(outline=-0.5), False),
        (Relief(inner=-0.6), False),
        (Relief(glow=0.6), True),
    ],
)
def test_a_relief_lightens_or_darkens(relief: Relief, higher: bool) -> None:
    drawn = laid(Part("word", "TOLEN", width=0.8, relief=relief))
    difference = (drawn.image.astype(int) - landscape())[drawn.mask > 0].mean()
    assert (difference > 3) if higher else (difference < -3)


def test_a_bevel_is_lit_on_one_side_and_dark_on_the_other() -> None:
    drawn = laid(Part("house", width=0.5, relief=Relief(bevel=0.8, thick=0.08)))
    difference = (drawn.image.astype(int) - landscape()).mean(axis=2)
    assert difference.max() > 20
    assert difference.min() < -20


def test_ink_that_nobody_sees_is_made_stronger_where_that_is_asked_for() -> None:
    faint = Part("word", "TOLEN", width=0.6, relief=Relief(fill=0.01))
    assert laid(faint).noticed < 1 <= laid(faint, raise_ink=True).noticed


def test_a_repeated_figure_covers_the_picture() -> None:
    once = laid(Part("ring", width=0.08))
    often = laid(Part("ring", width=0.08, every=0.2))
    assert (often.mask > 0).mean() > 8 * (once.mask > 0).mean()


def test_a_figure_that_sticks_out_of_the_picture_is_cut_off() -> None:
    drawn = laid(Part("band", "TOLEN", width=0.3, angle=40), Part("word", "T", (1.0, 1.0), 0.9))
    assert drawn.image.shape == landscape().shape


@pytest.mark.parametrize("figure", agency.FIGURES)
def test_a_figure_may_be_tiny(figure: str) -> None:
    assert laid(Part(figure, width=0.02, relief=Relief(fill=0.9))).mask.any()


def test_fifty_owners_with_fifty_names_can_all_be_drawn() -> None:
    fifty = layouts.fifty()
    assert len({each.name for each in fifty}) == len(fifty) == 50
    for number, layout in enumerate(fifty):
        drawn = agency.draw(landscape(), layout, LETTERS, np.random.default_rng(number), raise_ink=False)
        assert drawn.mask.any(), layout.name
