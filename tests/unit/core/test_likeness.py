"""Prints of pictures: copies are alike, other pictures are not."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bowerbird.core.likeness import Likeness, prints
from tests.pictures import gradient


def detailed(seed: int = 1) -> Image.Image:
    """Clouds and fine grain, so that blur shows."""
    noise = np.random.default_rng(seed).normal(0, 25, (600, 800, 1))
    return Image.fromarray((np.asarray(gradient(800, 600, seed)) + noise).clip(0, 255).astype(np.uint8))


def likeness(image: Image.Image, name: str = "a") -> Likeness:
    coarse, fine = prints(image)
    return Likeness(name, name, coarse, fine)


def saved(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


COPIES = {
    "half the size": lambda image: image.resize((400, 300), Image.Resampling.LANCZOS),
    "twice the size": lambda image: image.resize((1600, 1200), Image.Resampling.BICUBIC),
    "compressed": lambda image: saved(image, 20),
    "brighter": lambda image: image.point(lambda value: min(255, int(value * 1.1) + 5)),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(3)),
    "a pixel cut off": lambda image: image.crop((1, 1, 799, 599)),
}


@pytest.mark.parametrize("change", COPIES)
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_copy_is_alike(change: str, seed: int) -> None:
    original = detailed(seed)
    assert likeness(COPIES[change](original)).alike(likeness(original))


def test_other_pictures_are_not_alike() -> None:
    all_ = [likeness(gradient(400, 300, seed)) for seed in range(30)]
    assert [
        (a, b) for a, one in enumerate(all_) for b, other in enumerate(all_) if a < b and one.alike(other)
    ] == []


def test_a_mirrored_picture_is_another() -> None:
    original = detailed()
    assert not likeness(original).alike(likeness(original.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))


def test_the_fine_print_decides_when_the_coarse_one_agrees() -> None:
    one = likeness(detailed())
    other = Likeness("b", "b", one.coarse, bytes(byte ^ 0xFF for byte in one.fine))
    assert not one.alike(other)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_the_smallest_pictures_have_prints_too(size: tuple[int, int]) -> None:
    coarse, fine = prints(Image.new("RGB", size))
    assert (coarse, len(fine)) == (0, 32)
