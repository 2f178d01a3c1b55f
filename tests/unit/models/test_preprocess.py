import numpy as np
import pytest
from PIL import Image

from bowerbird.models.preprocess import Fit, Preprocess, Resize

Colour = tuple[float, float, float]
PLAIN = Preprocess((Resize(32),), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def stripes(width: int, height: int) -> Image.Image:
    """Red left third, green middle, blue right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for channel in range(3):
        pixels[:, channel * width // 3 : (channel + 1) * width // 3, channel] = 255
    return Image.fromarray(pixels)


def test_shape_and_type_are_the_networks() -> None:
    batch = PLAIN([stripes(90, 40), stripes(30, 60)])

    assert batch.shape == (2, 3, 32, 32)
    assert batch.dtype == np.float32
    assert batch.flags.c_contiguous


def test_mean_and_std_are_applied_a_channel() -> None:
    white = Image.new("RGB", (50, 50), "white")
    normal = Preprocess((Resize(16),), (0.5, 0.25, 0.0), (0.5, 0.25, 2.0))([white])

    assert normal[0, :, 8, 8] == pytest.approx([1.0, 3.0, 0.5])


@pytest.mark.parametrize(
    ("fit", "left", "right"),
    [("squash", (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)), ("crop", (0.0, 1.0, 0.0), (0.0, 1.0, 0.0))],
)
def test_squash_keeps_the_sides_and_crop_drops_them(fit: Fit, left: Colour, right: Colour) -> None:
    seen = Preprocess((Resize(32, fit),), PLAIN.mean, PLAIN.std)([stripes(300, 100)])[0]

    assert seen[:, 16, 2] == pytest.approx(left, abs=0.02)
    assert seen[:, 16, 29] == pytest.approx(right, abs=0.02)


def test_two_resizes_are_what_the_original_server_did() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 700, 3), np.uint8))
    twice = Preprocess((Resize(512), Resize(224)), PLAIN.mean, PLAIN.std)

    expected = noise.resize((512, 512), Image.Resampling.LANCZOS).resize((224, 224), Image.Resampling.LANCZOS)

    assert np.array_equal(twice([noise])[0].transpose(1, 2, 0), np.asarray(expected, np.float32) / 255)
    assert (twice.size, twice.min_side) == (224, 512)
