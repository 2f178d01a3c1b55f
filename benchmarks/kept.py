"""Which of the pictures that lite would keep are lost because it looks at a host's copies first?

    python -m benchmarks.kept DIR

DIR holds photographs of the kind that the bundle is for. Each is offered once with Reddit's copies, and once
more to a lite that looks at originals only. The bound is exact (Clopper and Pearson), with 95 % confidence,
and holds as far as these photographs and copies are like those to come.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Final

from scipy.stats import beta

from benchmarks import photographs
from benchmarks.stream import Mix
from benchmarks.systems import kept, measured

_MEGAPIXELS: Final = 2.0
_CONFIDENCE: Final = 0.95


def main() -> None:
    """Run both, and print what is lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kept", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=600)
    arguments = parser.parse_args()
    mix, chance = Mix("photographs"), random.Random(3)
    for path in photographs.sources(arguments.folder)[: arguments.limit]:
        mix.declare(photographs.of_area(path, _MEGAPIXELS, chance))
    would = kept(measured(mix, "lite without previews"))
    does = measured(mix, "lite")
    lost = [does["outcomes"][id_] for id_ in would - kept(does)]
    print(f"{len(mix.posts)} photographs; {len(would)} kept by their originals; {len(lost)} of them lost")
    print(f"lost at: {', '.join(lost) or 'no look'}; new: {len(kept(does) - would)}")
    print(f"with {_CONFIDENCE:.0%} confidence at most {bound(len(lost), len(would)):.2%} are lost")


def bound(lost: int, count: int) -> float:
    """The largest share of losses that still gives so few, but for one time in twenty."""
    return float(beta.ppf(_CONFIDENCE, lost + 1, count - lost)) if lost < count else 1.0


if __name__ == "__main__":
    main()
