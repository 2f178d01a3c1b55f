from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from layers.models.workshop.watermark import cases, evaluate, pictures, render
from layers.models.workshop.watermark.evaluate import Judged


def clean(score: float, kind: str = "cut", folder: str = "hills_large") -> Judged:
    return Judged(score, folder, kind, marked=False, size=0, contrast=0)


def marked(score: float, kind: str = "text", size: float = 0.04, contrast: float = 30) -> Judged:
    return Judged(score, "hills_large", kind, marked=True, size=size, contrast=contrast)


def test_the_threshold_lets_two_clean_photographs_in_a_hundred_be_called_marked() -> None:
    judged = [clean(index / 200) for index in range(200)] + [clean(0.999, "signs"), marked(0.1)]
    threshold = evaluate.choose_threshold(judged)
    assert sum(each.score >= threshold for each in judged if each.kind == "cut") == 3
    assert 0.97 < threshold < 0.99


def test_the_summary_counts_photographs_against_marks_and_leaves_hard_cases_out() -> None:
    judged = [clean(0.1), clean(0.7, "whole"), clean(0.9, "signs"), marked(0.8), marked(0.6), marked(0.2)]
    figures = evaluate.summary(judged, 0.5)
    assert figures["recall"] == pytest.approx(2 / 3)
    assert figures["false_alarms"] == 0.5
    assert figures["auroc"] == pytest.approx(4 / 6)
    assert (figures["marked"], figures["clean"]) == (3, 2)
    assert figures["precision_at_5_percent_marked"] == pytest.approx((0.05 * 2 / 3) / (0.05 * 2 / 3 + 0.475))


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        (
            marked(1),
            {
                "recall, text",
                "recall, hills_large",
                "recall, height 0.03 to 0.06",
                "recall, contrast 20 to 40",
            },
        ),
        (marked(1, "real"), {"recall, real", "recall, hills_large"}),
        (clean(1), {"false alarms, cut", "false alarms, hills_large"}),
        (clean(1, "signs"), {"false alarms, signs"}),
    ],
)
def test_a_case_counts_in_its_rows(case: Judged, rows: set[str]) -> None:
    assert set(evaluate.labels(case)) == rows
    assert evaluate.breakdown([case, case], 0.5) == dict.fromkeys(rows, (1.0, 2))


def test_the_cases_of_a_split_cover_every_kind_and_are_the_same_every_time(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder, side in (("some_small", 96), ("some_large", 500)):
        (tmp_path / folder).mkdir()
        for index in range(3):
            pixels = np.broadcast_to(rng.integers(0, 256, (side, 1, 3)), (side, side, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{index}.png")
    pictures.build([tmp_path / "some_small", tmp_path / "some_large"], tmp_path / "cache")
    split = next(e.split for e in pictures.Cache(tmp_path / "cache").entries if e.folder == "some_large")
    first, again = (list(cases.rendered(tmp_path / "cache", split)) for _ in range(2))
    assert {each.kind for each in first if each.marked} == set(render.KINDS)
    assert {each.kind for each in first if not each.marked} == {"whole", "cut", "signs", "frame"}
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    assert all(each.picture.shape == (512, 512, 3) for each in first)
    drawings = cases.rendered(tmp_path / "cache", split, drawings=("some_large",))
    large = {each.kind for each in drawings if not each.marked and each.folder == "some_large"}
    assert large == {"drawing", "signs", "frame"}
    views = list(cases.cuttings(tmp_path / "cache", split, drawings=("some_small",)))
    assert len(views) == 4 * len(pictures.Cache(tmp_path / "cache").of(split, "some_large"))
    assert {(each.folder, each.kind, each.marked) for each in views} == {("some_large", "cut", False)}
    assert not np.array_equal(views[0].picture, views[1].picture)


def test_real_marks_are_judged_beside_clean_pictures_of_their_folder(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder in ("some_small", "other_small"):
        (tmp_path / folder).mkdir()
        for index in range(6):
            pixels = rng.integers(0, 256, (40, 60, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{folder}_{index}.png")
    folders = [tmp_path / "some_small", tmp_path / "other_small"]
    pictures.build(folders, tmp_path / "cache", marks={"some_small_0.png": [], "some_small_1.png": []})
    judged = list(cases.real(tmp_path / "cache", "train", "val", "test"))
    assert [each.marked for each in judged] == [True] * 2 + [False] * 4
    assert {each.folder for each in judged} == {"some_small"}
    assert all(each.picture.shape == (512, 512, 3) for each in judged)
