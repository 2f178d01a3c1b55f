"""The photographs marks are drawn on: decoded once, split by content, cut into scenes."""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from .chance import happens
from .scene import Picture

#: The longest side that is kept, in pixels: twice what the classifier sees.
LONGEST: Final = 1024

# Of ten pictures, seven train, one validates (and gives the threshold), and two test.
_SPLITS = ("train",) * 7 + ("val",) + ("test",) * 2


#: Maps a picture's name to the boxes of its marks, or to None where nobody could tell.
Marks = dict[str, list[list[float]] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One decoded picture: where its pixels start in the cache, its shape, and which folder it came from.

    `marks` is None for a picture without a mark. Otherwise it says where the picture's own marks are: left,
    top, right, bottom, in percent of the picture. It is empty where nobody knows that.
    """

    name: str
    folder: str
    split: str
    start: int
    height: int
    width: int
    marks: list[list[float]] | None = None


class Cache:
    """Decoded pictures in one flat file of bytes, beside an index; read without copying."""

    def __init__(self, place: Path) -> None:
        self._pixels = np.memmap(place / "pixels.u8", np.uint8, "r")
        self.entries = [Entry(**line) for line in json.loads((place / "index.json").read_text())]

    def of(self, split: str, *folders: str) -> list[Entry]:
        """The clean entries of a split, of these folders only if any are given, in a fixed order."""
        return [
            each
            for each in self.entries
            if each.split == split and each.marks is None and (not folders or each.folder in folders)
        ]

    def marked(self, *splits: str) -> list[Entry]:
        """The entries of these splits that came with a mark, in a fixed order."""
        return [each for each in self.entries if each.split in splits and each.marks is not None]

    def read(self, entry: Entry) -> Picture:
        """The pixels, RGB uint8."""
        size = entry.height * entry.width * 3
        return self._pixels[entry.start : entry.start + size].reshape(entry.height, entry.width, 3)


def build(
    folders: list[Path],
    place: Path,
    leave_out: tuple[str, ...] = (),
    train_only: tuple[Path, ...] = (),
    marks: Marks | None = None,
) -> None:
    """Decodes every picture of the folders into `place`, except names that start with one of `leave_out`.

    Pictures of `train_only` never validate or test, so that adding them leaves figures comparable. `marks`
    names the pictures that carry a mark already, and says where (see Entry). With None nobody could tell, and
    the picture is left out.
    """
    marks = marks or {}
    place.mkdir(parents=True, exist_ok=True)
    index: list[dict[str, object]] = []
    start = 0
    with (place / "pixels.u8").open("wb") as file:
        for path in sorted(path for folder in (*folders, *train_only) for path in folder.iterdir()):
            if path.name.startswith(leave_out) or (path.name in marks and marks[path.name] is None):
                continue
            split = "train" if path.parent in train_only else _split(path)
            pixels = _decoded(path)
            file.write(pixels.tobytes())
            height, width = pixels.shape[:2]
            index.append(
                {
                    "name": path.name,
                    "folder": path.parent.name,
                    "split": split,
                    "start": start,
                    "height": height,
                    "width": width,
                    "marks": marks.get(path.name),
                }
            )
            start += pixels.size
    (place / "index.json").write_text(json.dumps(index))


def _split(path: Path) -> str:
    # The split depends on the bytes alone, so adding a folder moves no picture from one split to another.
    return _SPLITS[int(hashlib.sha256(path.read_bytes()).hexdigest(), 16) % 10]


def _decoded(path: Path) -> Picture:
    with Image.open(path) as image:
        rgb = ImageOps.exif_transpose(image).convert("RGB")
    rgb.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return np.asarray(rgb)


def cut(picture: Picture, rng: np.random.Generator) -> Picture:
    """A scene from a picture: part of it, at times mirrored, its longest side 512 to 960 pixels.

    A small picture (256 pixels) is mostly laid out as mirrored tiles. Otherwise it stays as it is, and is
    later enlarged together with the mark drawn on it. If only the picture were enlarged, everything sharp
    would be a mark.
    """
    height, width = picture.shape[:2]
    if max(height, width) < 480 and happens(rng, 0.6):  # noqa: PLR2004 - the small collections are 256 pixels wide
        side = int(rng.integers(512, 641))
        top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
        tiled = np.pad(picture, ((side, side), (side, side), (0, 0)), mode="symmetric")
        scene = tiled[top : top + side, left : left + int(side * rng.uniform(0.8, 1.2))]
    else:
        tall, wide = int(height * rng.uniform(0.55, 1)), int(width * rng.uniform(0.55, 1))
        top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1))
        longest = rng.integers(512, 961)
        scale = min(1.0, longest / max(tall, wide))
        part = Image.fromarray(picture[top : top + tall, left : left + wide])
        scene = np.asarray(part.resize((round(wide * scale), round(tall * scale)), Image.Resampling.LANCZOS))
    return scene[:, ::-1] if happens(rng, 0.5) else scene  # every other one


def main() -> None:
    """Builds a cache from folders of pictures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--leave-out", nargs="*", default=[], help="first letters of file names to skip")
    parser.add_argument("--train-only", nargs="*", default=[], type=Path, help="folders never measured on")
    parser.add_argument(
        "--marks",
        type=Path,
        help="JSON of pictures that carry a mark: name -> [[left, top, right, bottom], ...] in percent",
    )
    args = parser.parse_args()
    marks = json.loads(args.marks.read_text()) if args.marks else {}
    build(args.folders, args.out, tuple(args.leave_out), tuple(args.train_only), marks)


if __name__ == "__main__":
    main()
