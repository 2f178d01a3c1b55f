"""How free a photograph is from faults."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bowerbird.models.advisory.quality import LEAST, faults, measure, quality


def scenery(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Hills under a sky, with as much in every octave as photographs have."""
    rng = np.random.default_rng(seed)
    whole = np.zeros((size[1], size[0]), np.float32)
    for octave in range(1, 8):
        cells = Image.fromarray(rng.normal(0, 1, (2**octave + 1, 2**octave + 1)).astype(np.float32))
        whole += np.asarray(cells.resize(size, Image.Resampling.BICUBIC)) * 42 / 1.75**octave
    down = np.linspace(60, 170, size[1])[:, None]
    colours = (whole + down)[..., None] * np.array([0.9, 1.0, 1.05]) + rng.normal(
        0, 1.0, (size[1], size[0], 1)
    )
    return saved(Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)), 92)


def saved(image: Image.Image, quality_: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality_)
    return Image.open(buffer).convert("RGB")


def grain(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 16, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [
        ("noise", grain),
        ("blur", lambda image: image.filter(ImageFilter.GaussianBlur(3))),
        ("blocking", lambda image: saved(image, 8)),
    ],
)
def test_a_fault_is_named_and_lowers_quality(fault: str, spoil: object) -> None:
    good = scenery()
    bad = saved(spoil(good), 90)  # type: ignore[operator]

    before, after = faults(good), faults(bad)

    assert before is not None
    assert after is not None
    assert after[fault] > before[fault] + 0.2, (before, after)
    assert quality(bad) == pytest.approx(1 - max(after.values()))


def test_a_picture_without_room_for_a_tile_has_no_quality() -> None:
    assert quality(scenery(size=(400, LEAST - 1))) is None


@pytest.mark.parametrize("colour", ["black", "white", "#6080a0"])
def test_a_plain_picture_has_a_quality(colour: str) -> None:
    found = quality(Image.new("RGB", (300, 200), colour))
    assert found is not None
    assert 0 <= found <= 1


def test_a_large_picture_costs_no_more_than_its_tiles() -> None:
    small, large = measure(scenery(size=(640, 480))), measure(scenery(size=(2400, 1600)))
    assert small is not None
    assert large is not None
    assert small.shape == large.shape
