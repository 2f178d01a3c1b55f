"""How many real marks of which kinds a detector sees, at which price in false alarms."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import agency, fonts, layouts, render
from .cases import Case
from .evaluate import judge
from .samples import HELD_OUT_FONTS
from .views import Source, read

#: Recall is told at these shares of false alarms.
SHARES: Final = (0.01, 0.02, 0.05)

#: Pictures that each of the fifty layouts is laid on.
_GROUNDS: Final = 3

# A layout that nobody could notice on a picture counts for nothing.
_LEAST: Final = 0.8


def wilson(found: int, count: int) -> tuple[float, float]:
    """The interval that holds a share with 95 % confidence.

    https://www.jstor.org/stable/2276774
    """
    if not count:
        return 0.0, 1.0
    z = 1.959964
    middle = (found + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * (found * (count - found) / count + z * z / 4) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def as_they_are(sources: list[Source]) -> Iterator[Case]:
    """The pictures themselves, under their kinds."""
    for each in sources:
        picture = render.squash(read(each.path), Image.Resampling.LANCZOS)
        yield Case(picture, each.owner, each.kind, each.marks is not None)


def fifty(folder: Path, extra_fonts: Path | None) -> Iterator[Case]:
    """The fifty layouts over photographs of a folder, through JPEG; each as strong as its owner has it."""
    letters = fonts.installed(extra_fonts).named(HELD_OUT_FONTS, keep=True)
    paths = sorted(folder.iterdir())
    for number, layout in enumerate(layouts.fifty()):
        for round_ in range(_GROUNDS):
            rng = np.random.default_rng([20261126, number, round_])
            picture = read(str(paths[int(rng.integers(len(paths)))]))
            laid = agency.draw(picture, layout, letters, rng, raise_ink=False)
            if laid.noticed >= _LEAST:
                quality = int(rng.integers(70, 96))
                yield Case(
                    render.publish(laid.image, quality), layout.name, f"fifty: {layout.kind}", marked=True
                )


def thresholds(clean: NDArray[np.float64]) -> list[float]:
    """The lowest score that calls no more than each of SHARES of the clean pictures marked."""
    return [float(np.quantile(clean, 1 - share, method="higher")) + 1e-6 for share in SHARES]


def table(rows: dict[str, NDArray[np.float64]], bars: list[float]) -> Iterator[str]:
    """A line for each kind: how many scores reach each bar, with intervals."""
    for name, scores in sorted(rows.items()):
        cells = []
        for bar in bars:
            found = int((scores >= bar).sum())
            low, high = wilson(found, len(scores))
            cells.append(f"{found} of {len(scores)} ({low:.0%} to {high:.0%})")
        yield f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Compares detectors on real marks of owners, on clean photographs, and on the fifty layouts."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument(
        "--sources", type=Path, required=True, help="JSON: a list of pictures, see views.Source"
    )
    parser.add_argument("--clean", nargs="+", default=["scenic", "homes"], help="kinds that set the bars")
    parser.add_argument("--grounds", type=Path, help="a folder of clean photographs for the fifty layouts")
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--at", type=float, nargs="*", help="a threshold for each model, as one more column")
    args = parser.parse_args()
    sources = [Source(**line) for line in json.loads(args.sources.read_text("utf-8"))]
    for number, model in enumerate(args.models):
        judged = judge(model, as_they_are(sources))
        judged += judge(model, fifty(args.grounds, args.fonts)) if args.grounds else []
        clean = np.array([each.score for each in judged if not each.marked and each.kind in args.clean])
        bars = thresholds(clean) + ([args.at[number]] if args.at else [])
        rows: dict[str, list[float]] = {}
        for each in judged:
            for row in (each.kind, *(each.kind.split("@") if "@" in each.kind else ())):
                rows.setdefault(("marked: " if each.marked else "clean: ") + row, []).append(each.score)
        print(f"\n{model}: bars {', '.join(f'{bar:.4f}' for bar in bars)} on {len(clean)} clean pictures")
        print("\n".join(table({name: np.array(scores) for name, scores in rows.items()}, bars)), flush=True)


if __name__ == "__main__":
    main()
