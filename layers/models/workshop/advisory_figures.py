r"""Measures what the costly observations say of pictures that are all right.

    .venv/bin/python layers/models/workshop/advisory_figures.py DIR...

`nsfw`: the share of each folder above several bounds. All of it is false alarms if nothing there is unsafe.
`detail`: each picture with at least 512 pixels a side, as it is, and made smaller and then larger again. All
are saved as JPEG, once well and once badly. The figures are the share below the bound, and how well the two
are told apart.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score

from bowerbird.imaging import picture_files
from bowerbird.models.advisory import detail, nsfw

NSFW_BOUNDS = (0.5, 0.8, 0.9)
DETAIL_BOUND = -2.2
ENLARGED = (1.5, 2.0, 3.0)
QUALITIES = (75, 92)
LEAST_SIDE = 512


def saved(image: Image.Image, quality: int) -> Image.Image:
    """Save the picture as JPEG, and read it back."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def details(image: Image.Image, factor: float) -> Iterator[float]:
    """Of the picture made smaller and larger again by `factor`, with two filters, in every quality."""
    size = round(image.width / factor), round(image.height / factor)
    small = image.resize(size, Image.Resampling.LANCZOS)
    for resample in (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS):
        large = image if factor == 1 else small.resize(image.size, resample)
        for quality in QUALITIES:
            value = detail(saved(large, quality))
            if value is not None:
                yield value


def show(folder: Path) -> None:
    """Print a folder's two lines."""
    probability = nsfw.load()
    unsafe: list[float] = []
    found: dict[float, list[float]] = {factor: [] for factor in (1.0, *ENLARGED)}
    for path in picture_files.find([folder]):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        unsafe.append(probability(image))
        if min(image.size) >= LEAST_SIDE:
            for factor, values in found.items():
                values.extend(details(image, factor))
    scores = np.array(unsafe)
    shares = ", ".join(f"{(scores > bound).mean():.2%} above {bound}" for bound in NSFW_BOUNDS)
    print(f"{folder.name}: nsfw of {len(scores)} pictures: {shares}", flush=True)
    own = np.array(found.pop(1.0))
    if len(own):
        line = f"{(own < DETAIL_BOUND).mean():.1%} of {len(own)} originals below {DETAIL_BOUND}"
        for factor, values in found.items():
            area = roc_auc_score([0] * len(own) + [1] * len(values), -np.r_[own, values])
            caught = (np.array(values) < DETAIL_BOUND).mean()
            line += f"; enlarged {factor:g} times {caught:.1%} (AUROC {area:.3f})"
        print(f"{folder.name}: detail: {line}", flush=True)


def main() -> None:
    """Show every folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        show(folder)


if __name__ == "__main__":
    main()
