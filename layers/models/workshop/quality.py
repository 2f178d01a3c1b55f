r"""Fits `bowerbird.models.advisory.quality` to faults that we make, and says how well it tells them.

    PYTHONPATH=src:. .venv-train/bin/python -m layers.models.workshop.quality FOLDER... --out quality.json

Every photograph is measured as it is and with every fault in four strengths, saved as JPEG all alike.
Figures are of photographs from sources (the part of a file's name before `__`, or its folder) that the fit
left out.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from bowerbird.imaging import picture_files
from bowerbird.models.advisory.quality import LEAST, measure

_Random = np.random.Generator

STRENGTHS: Final = (1, 2, 3, 4)
_FOLDS: Final = 3
_STILL: Final = 2  # how often the photograph is measured as it is


def noise(image: Image.Image, strength: int, rng: _Random) -> Image.Image:
    """Grain of 4, 8, 16 or 60 levels, finer or coarser, as high sensitivity makes it."""
    grain = rng.normal(0, (4, 8, 16, 60)[strength - 1], (image.height, image.width, 3))
    grain = 0.7 * grain.mean(2, keepdims=True) * 3**0.5 + 0.5 * grain
    return _image(np.asarray(image, np.float32) + grain)


def blur(image: Image.Image, strength: int, rng: _Random) -> Image.Image:
    """Out of focus, or enlarged."""
    radius = (0.9, 1.6, 3.0, 8.0)[strength - 1]
    if rng.random() < 0.5:  # noqa: PLR2004 - a coin
        return image.filter(ImageFilter.GaussianBlur(radius))
    return resized(resized(image, 0.77 / radius), image.size)


def blocking(image: Image.Image, strength: int, rng: _Random) -> Image.Image:
    """Saved too small."""
    return saved(image, (34, 22, 12, 5)[strength - 1] + int(rng.integers(-2, 3)))


def banding(image: Image.Image, strength: int, rng: _Random) -> Image.Image:
    """Smoothed, then left with 40, 24, 14 or 8 levels of brightness."""
    smooth = np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.8, 1.5))), np.float32)
    step = 256 / (40, 24, 14, 8)[strength - 1]
    return _image(np.floor(smooth / step) * step + step / 2)


def processing(image: Image.Image, strength: int, rng: _Random) -> Image.Image:
    """Sharpened, coloured and brought out too much."""
    wide = image.filter(ImageFilter.GaussianBlur(image.width / 40))
    pixels, around = np.asarray(image, np.float32), np.asarray(wide, np.float32)
    out = _image(pixels + (0.3, 0.6, 1.0, 1.6)[strength - 1] * (pixels - around))
    out = out.filter(ImageFilter.UnsharpMask(rng.uniform(1, 3), (90, 180, 320, 480)[strength - 1], 1))
    return ImageEnhance.Color(out).enhance((1.2, 1.5, 2.0, 2.6)[strength - 1])


FAULTS: Final[dict[str, Callable[[Image.Image, int, _Random], Image.Image]]] = {
    "noise": noise,
    "blur": blur,
    "blocking": blocking,
    "banding": banding,
    "processing": processing,
}


def resized(image: Image.Image, to: float | tuple[int, int]) -> Image.Image:
    """To a size, or to a share of its own."""
    size = to if isinstance(to, tuple) else (round(image.width * to), round(image.height * to))
    return image.resize(size, Image.Resampling.LANCZOS)


def saved(image: Image.Image, quality_: int) -> Image.Image:
    """Save the picture as JPEG, and read it back."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality_)
    return Image.open(buffer).convert("RGB")


def _image(pixels: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))


def measured(paths: list[Path]) -> tuple[NDArray[np.float32], list[tuple[str, str, int]]]:
    """Numbers of every version of every photograph.

    Beside each are its source, its fault ("" for none) and how strong that is.
    """
    rows, about = [], []
    for number, path in enumerate(paths):
        rng = np.random.default_rng([20261126, number])
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        scale = rng.uniform(0.6, 1.0)  # so that the camera's own blocks are no longer where JPEG puts them
        image = resized(image, scale)
        if min(image.size) < LEAST:
            continue
        source = path.name.split("__")[0] if "__" in path.name else path.parent.name
        for fault, strength in [("", 0)] * _STILL + [(fault, each) for fault in FAULTS for each in STRENGTHS]:
            worse = FAULTS[fault](image, strength, rng) if fault else image
            numbers = measure(saved(worse, int(rng.integers(82, 96))))
            if numbers is not None:
                rows.append(numbers)
                about.append((source, fault, strength))
    return np.array(rows), about


def fit(numbers: NDArray[np.float32], about: list[tuple[str, str, int]]) -> dict[str, object]:
    """A model of every fault: photographs without any, and with others, beside those that have it."""
    clean = np.array([not fault for _, fault, _ in about])
    mean, scale = numbers[clean].mean(0), numbers[clean].std(0) + 1e-3
    z = np.clip((numbers - mean) / scale, -4, 4)
    inputs = np.concatenate([z, z * z], 1)
    weights, biases = [], []
    for fault in FAULTS:
        has = np.array([each == fault for _, each, _ in about])
        others = ~clean & ~has
        importance = has / has.sum() + clean / clean.sum() + 0.5 * others / others.sum()
        model = LogisticRegression(C=0.3, max_iter=2000).fit(inputs, has, importance * len(about))
        weights.append(model.coef_[0])
        biases.append(float(model.intercept_[0]))
    return {
        "faults": list(FAULTS),
        "mean": np.round(mean, 4).tolist(),
        "scale": np.round(scale, 4).tolist(),
        "weight": np.round(weights, 4).tolist(),
        "bias": np.round(biases, 4).tolist(),
    }


def judge(model: dict[str, object], numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Quality of measured photographs."""
    z = np.clip((numbers - np.array(model["mean"])) / np.array(model["scale"]), -4, 4)
    logits = np.concatenate([z, z * z], 1) @ np.array(model["weight"]).T + np.array(model["bias"])
    return 1 - (1 / (1 + np.exp(-logits))).max(1)


def held_out(numbers: NDArray[np.float32], about: list[tuple[str, str, int]]) -> NDArray[np.float64]:
    """Quality by models that were fitted without the photograph's source."""
    sources = [source for source, _, _ in about]
    scores = np.zeros(len(about))
    for learn, test in GroupKFold(_FOLDS).split(numbers, groups=sources):
        scores[test] = judge(fit(numbers[learn], [about[i] for i in learn]), numbers[test])
    return scores


def show(scores: NDArray[np.float64], about: list[tuple[str, str, int]]) -> None:
    """Print the separation of every fault and strength, and what bounds of quality would reject."""
    clean = scores[[not fault for _, fault, _ in about]]
    sources = len({source for source, _, _ in about})
    print(f"{len(clean)} clean, {len(scores) - len(clean)} faulty, {sources} sources")
    for bound in (0.1, 0.2, 0.3, 0.5):
        print(f"  below {bound}: {(clean < bound).mean():.1%} of the clean")
    for fault in FAULTS:
        cells = []
        for strength in STRENGTHS:
            worse = scores[[(each, force) == (fault, strength) for _, each, force in about]]
            area = roc_auc_score([0] * len(clean) + [1] * len(worse), -np.r_[clean, worse])
            cells.append(f"{area:.3f} ({(worse < 0.2).mean():.0%} below 0.2)")  # noqa: PLR2004
        print(f"  {fault:12} " + "  ".join(cells), flush=True)


def main() -> None:
    """Fit, measure, and write the model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=250, help="how many photographs")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    paths = sorted(picture_files.find(args.folders))
    order = np.random.default_rng(0).permutation(len(paths))[: args.most]
    began = time.process_time()
    numbers, about = measured([paths[i] for i in order])
    print(f"{(time.process_time() - began) / len(about) * 1000:.0f} ms for each version")
    show(held_out(numbers, about), about)
    args.out.write_text(json.dumps(fit(numbers, about), indent=None) + "\n", "utf-8")


if __name__ == "__main__":
    main()
