"""How far below the threshold a preview may score: python preview_margin.py --bundle B --good DIR.

Every picture is re-encoded as Reddit's copies are (the first of its widths that is large enough for the
encoder, JPEG and WebP) and scored beside the original. Prints the margin at which 99 % and 99.5 % of the
pictures that pass go on, and what share of the rejected it turns down; --write puts it into the manifest.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird import imaging
from bowerbird_models import manifest as manifests
from bowerbird_models.bundle import Bundle, load
from bowerbird_models.manifest import Threshold
from infra.local.train.copies import copies

_GOES_ON = 0.99


def main() -> None:
    """Measure, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--good", type=Path, required=True, help="photographs, larger than the previews")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    bundle = load(arguments.bundle)
    scores = np.array([row for path in sorted(arguments.good.iterdir()) for row in _scores(bundle, path)])
    full, small = scores.T
    passing = full >= bundle.novelty.threshold
    falls = bundle.novelty.threshold - small[passing]
    for share in (_GOES_ON, 0.995, 1.0):
        margin = _margin(falls, share)
        rejected = float((small[~passing] < bundle.novelty.threshold - margin).mean())
        print(
            f"{share:.1%} of {passing.sum()} go on at {margin:.3f}; {rejected:.1%} of the rest are rejected"
        )
    moves = np.abs(full - small)
    print(f"median move {np.median(moves):.3f}, 99 % within {np.quantile(moves, 0.99):.3f}")
    if arguments.write:
        _write(
            bundle,
            _margin(falls, _GOES_ON),
            f"{_GOES_ON:.0%} of {passing.sum()} copies of passing photographs go on",
        )


def _margin(falls: NDArray[np.float64], share: float) -> float:
    """Rounded up: what is between two copies would let fewer than that share go on."""
    return max(0.0, float(np.ceil(1000 * np.quantile(falls, share, method="higher")) / 1000))


def _scores(bundle: Bundle, path: Path) -> list[tuple[float, float]]:
    with Image.open(path) as opened:
        whole = opened.convert("RGB")
    full = _score(bundle, path.read_bytes(), bundle.min_side)
    small = copies(whole, bundle.preview_side)
    return [(full, _score(bundle, copy, bundle.encoder.min_side)) for copy in small]


def _score(bundle: Bundle, data: bytes, side: int) -> float:
    image = imaging.decode(data, min_side=side)
    return float(bundle.novelty.score(bundle.encoder.embed([image]))[0])


def _write(bundle: Bundle, margin: float, chosen: str) -> None:
    novelty = bundle.manifest.novelty.model_copy(
        update={"preview_margin": Threshold(value=margin, chosen=chosen)}
    )
    manifests.write(bundle.manifest.model_copy(update={"novelty": novelty}), bundle.folder)


if __name__ == "__main__":
    main()
