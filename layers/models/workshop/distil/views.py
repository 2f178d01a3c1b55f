r"""Makes the pictures that the first look's network learns from, and what the encoder says of them.

    PYTHONPATH=src:. python -m layers.models.workshop.distil.views --bundle lite --out VIEWS DIR...

Each picture gives some views: the whole of it, then crops in other colours, some of them flat artwork or
covered with lettering. The encoder judges the view itself. The network will see copies of it as hosts offer
them: small and compressed. Runs in Bowerbird's own environment. It goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from bowerbird import imaging
from bowerbird.imaging import picture_files
from bowerbird.models import bundle as bundles
from bowerbird.models.encoder import Encoder
from bowerbird.models.preprocess import Resize
from bowerbird.training import imitations

#: Views of a picture, and copies of each.
VIEWS: Final = 6
COPIES: Final = 2

#: The side of the copies, as the network sees them.
SIDE: Final = 96

# The widths of hosts' smallest copies, and how they are compressed.
_WIDTHS: Final = (160, 216, 240, 320, 320, 640)
_ENCODINGS: Final = (("JPEG", 60, 92), ("JPEG", 60, 92), ("JPEG", 60, 92), ("WEBP", 60, 88))

# Larger originals need not be decoded in full: twice what the encoder looks at is enough for a crop.
_LARGEST: Final = 512

# Each process has its own.
_ENCODERS: Final[list[Encoder]] = []


def views(picture: Image.Image, rng: random.Random) -> Iterator[Image.Image]:
    """The whole picture, then VIEWS - 1 others."""
    yield picture
    for _ in range(VIEWS - 1):
        view = _crop(picture, rng)
        if rng.random() < 0.5:  # noqa: PLR2004 - half of them
            view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if rng.random() < 0.15:  # noqa: PLR2004 - so many are imitations
            view = rng.choice(imitations.KINDS)(view, rng)
        yield _recolour(view, rng)


def copy(view: Image.Image, rng: random.Random) -> Image.Image:
    """What the network sees of the view in a small copy, SIDE x SIDE."""
    width = min(view.width, rng.choice(_WIDTHS))
    height = max(1, round(view.height * width / view.width))
    kind, least, most = rng.choice(_ENCODINGS)
    packed = io.BytesIO()
    small = view.resize((width, height), rng.choice((Image.Resampling.LANCZOS, Image.Resampling.BICUBIC)))
    small.save(packed, kind, quality=rng.randrange(least, most))
    return Resize(SIDE, "squash", "bilinear").apply(imaging.decode(packed.getvalue(), min_side=SIDE))


def _crop(picture: Image.Image, rng: random.Random) -> Image.Image:
    area, stretch = rng.uniform(0.25, 1.0), rng.uniform(0.8, 1.25)
    width = min(1.0, (area * stretch) ** 0.5) * picture.width
    height = min(1.0, (area / stretch) ** 0.5) * picture.height
    left, top = rng.uniform(0, picture.width - width), rng.uniform(0, picture.height - height)
    return picture.crop((int(left), int(top), int(left + width), int(top + height)))


def _recolour(picture: Image.Image, rng: random.Random) -> Image.Image:
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        if rng.random() < 0.5:  # noqa: PLR2004 - half of them
            picture = enhance(picture).enhance(rng.uniform(0.6, 1.5))
    if rng.random() < 0.2:  # noqa: PLR2004 - a fifth in a light of another colour
        hue, saturation, value = picture.convert("HSV").split()
        shift = rng.randrange(-20, 21)
        turned = hue.point(lambda each: (each + shift) % 256)
        picture = Image.merge("HSV", (turned, saturation, value)).convert("RGB")
    return picture.convert("L").convert("RGB") if rng.random() < 0.04 else picture  # noqa: PLR2004


class Store:
    """Views on the disk: pixels (N, VIEWS, COPIES, SIDE, SIDE, 3) and vectors (N, VIEWS, dim)."""

    def __init__(self, folder: Path, paths: list[str], dim: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._progress = folder / "done.json"
        state = json.loads(self._progress.read_text()) if self._progress.exists() else None
        if state and state["paths"] != paths:
            raise SystemExit(f"{folder} holds views of other pictures: name another folder")
        self.done = state["done"] if state else 0
        self._paths = paths
        mode = "r+" if state else "w+"
        shape = (len(paths), VIEWS, COPIES, SIDE, SIDE, 3)
        self.pixels: NDArray[np.uint8] = np.lib.format.open_memmap(
            folder / "pixels.npy", mode, np.uint8, shape
        )
        self.vectors: NDArray[np.float16] = np.lib.format.open_memmap(
            folder / "vectors.npy", mode, np.float16, (len(paths), VIEWS, dim)
        )

    def save(self, done: int) -> None:
        """Note that so many pictures are whole."""
        self.done = done
        part = self._progress.with_suffix(".part")
        part.write_text(json.dumps({"done": done, "paths": self._paths}))
        part.replace(self._progress)


def found(folders: list[Path]) -> list[Path]:
    """The pictures of the folders in an order that mixes them: half a run has pictures of all kinds."""
    paths = picture_files.find(folders)
    return sorted(paths, key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())


def _begin(bundle: str) -> None:
    """Load the encoder, once in each process."""
    _ENCODERS.append(bundles.load(bundle).encoder)


def _made(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Copies (VIEWS, COPIES, SIDE, SIDE, 3) and vectors (VIEWS, dim) of one picture: always the same ones."""
    data = path.read_bytes()
    rng: Any = random.Random(hashlib.sha256(data).hexdigest())  # noqa: S311 - reproducible, not secret
    seen = list(views(imaging.decode(data, min_side=_LARGEST), rng))
    pixels = np.array([[np.asarray(copy(view, rng)) for _ in range(COPIES)] for view in seen])
    return pixels, _ENCODERS[-1].embed(seen)


def main() -> None:
    """Make the views."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--bundle", default="lite", help="whose encoder is to be imitated")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1, help="how many work at a time")
    parser.add_argument("--leave-out", type=Path, help="a file with names of pictures to keep for tests")
    args = parser.parse_args()
    left_out = set(args.leave_out.read_text().split("\n")) if args.leave_out else set()
    paths = [path for path in found(args.folders) if path.name not in left_out]
    store = Store(args.out, [path.name for path in paths], bundles.load(args.bundle).encoder.dim)
    with ProcessPoolExecutor(args.processes, initializer=_begin, initargs=(args.bundle,)) as pool:
        made = pool.map(_made, paths[store.done :], chunksize=8)
        for index, (pixels, vectors) in enumerate(made, store.done):
            store.pixels[index], store.vectors[index] = pixels, vectors
            if index % 100 == 99 or index + 1 == len(paths):  # noqa: PLR2004 - a minute's work
                store.save(index + 1)
                print(f"{index + 1} of {len(paths)} pictures", flush=True)


if __name__ == "__main__":
    main()
