"""The two mixes: photographs alone, and a stream like r/all with what its listing says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import photographs
from bowerbird import imaging
from bowerbird.core.messages import Candidate, Preview, Submission
from bowerbird.models.bundle import Bundle

#: What became of 1,000 candidates of recorded Reddit posts (2005 to 2026) in the first filter.
PROPORTIONS: Final = {
    "declared too small": 425,
    "too small": 315,
    "not to taste": 149,
    "to taste": 70,
    "duplicate": 29,
    "aspect": 12,
}

# Megapixels: the 5th, 25th, 50th, 50th and 75th percentiles of what those posts declare of large pictures,
# and about the 20th, 50th and 95th of small ones.
_LARGE: Final = (1.5, 2.1, 4.2, 4.2, 12.0)
_SMALL: Final = (0.3, 0.6, 1.2)
_CAMERA: Final = (12.0, 16.0, 24.0)

# Of 1,116 recorded candidates, 961 have previews and a declared size. The others have neither.
_WITHOUT_PREVIEW: Final = 7


@dataclass(slots=True)
class Mix:
    """Candidates, and the files (by `host/path`) that answer for them."""

    name: str
    candidates: list[Candidate] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def add(
        self, data: bytes, size: tuple[int, int] | None, previews: Sequence[tuple[int, int, bytes]]
    ) -> None:
        """Add a candidate; `size` is what the listing declares."""
        name = f"{len(self.candidates):05d}"
        self.files[f"i.redd.it/{name}.jpg"] = data
        offered = []
        for width, height, copy in previews:
            self.files[f"preview.redd.it/{name}-{width}.jpg"] = copy
            offered.append(Preview(f"https://preview.redd.it/{name}-{width}.jpg", width, height))
        self.candidates.append(
            Candidate(
                id=f"t3_{name}",
                urls=(f"https://i.redd.it/{name}.jpg",),
                submission=Submission("reddit", f"t3_{name}", title="A picture"),
                previews=tuple(offered),
                width=size and size[0],
                height=size and size[1],
                host="reddit",
            )
        )


def camera(folder: Path | None, count: int) -> Mix:
    """Photographs as cameras take them, 12 to 24 megapixels."""
    chance, mix = random.Random(7), Mix("photographs")
    found = photographs.sources(folder)
    for index in range(count):
        path = found[index * len(found) // count]
        image = photographs.photograph(path, _CAMERA[index % len(_CAMERA)], chance)
        mix.add(photographs.jpeg(image), image.size, photographs.previews(image))
    return mix


def r_all(folder: Path | None, count: int, bundle: Bundle) -> Mix:
    """A stream with the recorded proportions; `bundle` tells which pictures are to taste."""
    chance, mix = random.Random(11), Mix("r/all")
    liked, others = _by_taste(photographs.sources(folder), bundle)
    kinds = [kind for kind, share in PROPORTIONS.items() for _ in range(round(share * count / 1000))]
    chance.shuffle(kinds)
    large: list[bytes] = []
    for index, kind in enumerate(kinds):
        path = chance.choice(liked if kind == "to taste" else others)
        listed = index % _WITHOUT_PREVIEW != 0
        if kind == "declared too small":
            mix.add(_small(path, index, chance), (640, 480), ())
        elif kind == "too small":
            mix.add(_small(path, index, chance), None, ())
        elif kind == "aspect":
            wide = photographs.photograph(path, 4.0, chance).resize((4000, 1000))
            mix.add(photographs.jpeg(wide), None, ())
        elif kind == "duplicate" and large:
            mix.add(chance.choice(large), None, ())
        else:
            image = photographs.photograph(path, _LARGE[index % len(_LARGE)], chance)
            data = photographs.jpeg(image)
            mix.add(data, image.size if listed else None, photographs.previews(image) if listed else ())
            if kind == "to taste":
                large.append(data)
    return mix


def _small(path: Path, index: int, chance: random.Random) -> bytes:
    return photographs.jpeg(photographs.photograph(path, _SMALL[index % len(_SMALL)], chance), quality=85)


def _by_taste(paths: list[Path], bundle: Bundle) -> tuple[list[Path], list[Path]]:
    liked: list[Path] = []
    others: list[Path] = []
    for path in paths:
        image = imaging.decode(path.read_bytes(), min_side=bundle.min_side)
        score = bundle.score_of(image)
        (liked if score >= bundle.novelty.threshold else others).append(path)
    return liked or others, others or liked
