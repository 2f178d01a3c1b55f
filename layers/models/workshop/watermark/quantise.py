"""An exported detector in 8 bits: half the size, and half the time where the processor multiplies bytes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np

from layers.models.workshop.eight_bits import quantise

from .cases import rendered
from .entry import pixels
from .teacher import Teacher

# The last convolution, of 64 numbers a cell: in 8 bits it saves nothing, and makes logits coarse.
_LAST: Final = "/head/head.5/Conv"

#: Pictures whose activations give the ranges, drawn from all kinds.
PICTURES: Final = 64


def typical(cache: Path, fonts: Path | None) -> list[np.ndarray[Any, Any]]:
    """Marked and clean pictures of the training split, as the pipeline feeds them."""
    cases = [case.picture for case in rendered(cache, "train", fonts, every=40)]
    chosen = np.random.default_rng(0).choice(len(cases), PICTURES, replace=False)
    return [pixels(cases[index]) for index in chosen]


def logits(path: Path, pictures: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """Gives the file's logits for RGB pictures."""
    detector = Teacher(path)
    return np.array([detector.look(each).logit for each in pictures])


def main() -> None:
    """Quantises an exported detector and says how far its logits move on validation pictures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    quantise(args.model, args.out, typical(args.cache, args.fonts), exact_from=_LAST)
    seen = [case.picture for case in rendered(args.cache, "val", args.fonts, every=8)]
    before, after = logits(args.model, seen), logits(args.out, seen)
    print(
        f"{args.model.stat().st_size} bytes to {args.out.stat().st_size}; the logits of {len(seen)} pictures "
        f"move by {np.abs(before - after).mean():.3f}, correlation {np.corrcoef(before, after)[0, 1]:.5f}"
    )


if __name__ == "__main__":
    main()
