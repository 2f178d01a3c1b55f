"""The two mixes: a stream as r/all is, by what was recorded of it, and photographs alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks import photographs
from benchmarks.derive_mix import MIX
from benchmarks.listing import crawled
from benchmarks.server import File
from bowerbird.core.messages import Candidate
from bowerbird.demo.previews import preview_field, width_of
from bowerbird.models.bundle import Bundle

_CAMERA: Final = (12.0, 16.0, 24.0)

#: What imgur's letters behind an id fit into: https://api.imgur.com/models/image#thumbs
_IMGUR: Final = {"m": 320, "l": 640, "h": 1024}

# A picture that the model likes against the plan is drawn again, so often at most.
_DRAWS: Final = 20


@dataclass(slots=True)
class Mix:
    """Submissions as Reddit lists them, and the files (by `host/path`) that answer for their links."""

    name: str
    posts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)

    @property
    def candidates(self) -> list[Candidate]:
        """What a crawl makes of the submissions."""
        return [each for each in crawled(self.posts) if isinstance(each, Candidate)]

    @property
    def originals(self) -> list[str]:
        """The links of the pictures, without their scheme."""
        return [post["url"].removeprefix("https://") for post in self.posts]

    def first(self, count: int) -> Mix:
        """Only so many of the submissions."""
        return Mix(self.name, self.posts[:count], self.files)

    def declare(self, image: Image.Image, kind: str = "JPEG") -> None:
        """Add a picture of Reddit's own: the listing tells its size and its copies."""
        name = f"{self._number()}.{_EXTENSIONS[kind]}"
        base = f"https://preview.redd.it/{name}"
        told = preview_field(base, *image.size)
        whole = photographs.encoded(image, kind)
        links = [each["url"] for each in told["images"][0]["resolutions"]]
        small = {copy.width: copy for copy in photographs.copies(image)}
        for link in links:
            copy = small[width_of(link.partition("?")[2]) or 0]
            self.files[link.removeprefix("https://")] = _copy(copy, kind)
        self._add(f"i.redd.it/{name}", File(whole, f"image/{kind.lower()}"), preview=told)

    def link(self, image: Image.Image, *, imgur: bool) -> None:
        """Add a link of which the listing tells nothing; imgur's say how to ask for a copy."""
        number = self._number()
        whole = File(photographs.encoded(image, "JPEG"))
        if not imgur:
            self._add(f"i.redd.it/{number}.jpg", whole)
            return
        for letter, side in _IMGUR.items():
            copy = image.copy()
            copy.thumbnail((side, side), Image.Resampling.LANCZOS)
            self.files[f"i.imgur.com/{number}{letter}.jpg"] = _copy(copy, "JPEG")
        self._add(f"i.imgur.com/{number}.jpg", whole)

    def _number(self) -> str:
        return f"{len(self.posts):07d}"

    def _add(self, path: str, file: File, **told: object) -> None:
        self.files[path] = file
        number = self._number()
        self.posts.append(
            {
                "id": number,
                "name": f"t3_{number}",
                "title": "A picture",
                "subreddit": "pics",
                "author": "somebody",
                "permalink": f"/r/pics/comments/{number}/a_picture/",
                "url": f"https://{path}",
                "domain": path.partition("/")[0],
                "post_hint": "image",
                "is_self": False,
                "created_utc": 1_700_000_000.0 + len(self.posts),
                **told,
            }
        )


_EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png"}


def camera(folder: Path | None, count: int) -> Mix:
    """Photographs as cameras take them, 12 to 24 megapixels."""
    chance, mix = random.Random(7), Mix("photographs")
    found = photographs.sources(folder)
    for index in range(count):
        path = found[index * len(found) // count]
        mix.declare(photographs.of_area(path, _CAMERA[index % len(_CAMERA)], chance))
    return mix


def r_all(folder: Path | None, count: int, bundle: Bundle, derived: Path = MIX) -> Mix:
    """A stream as it was recorded; `bundle` tells which pictures are to taste."""
    told = json.loads(derived.read_text())
    chance, mix = random.Random(11), Mix("r/all as recorded")
    pictures = _Pictures(photographs.sources(folder), bundle, chance)
    kinds = _kinds(told, count)
    chance.shuffle(kinds)
    unfit, fit, png = (_sizes(told, name) for name in ("declared unfit", "fit", "fit PNG"))
    hidden = _hidden(told, chance)
    made: Mapping[str, Callable[[], None]] = {
        "declared unfit": lambda: mix.declare(pictures.other(next(unfit))),
        "unfit PNG": lambda: mix.declare(pictures.other(next(unfit)), "PNG"),
        "kept": lambda: mix.declare(pictures.liked(next(fit))),
        "fit": lambda: mix.declare(pictures.other(next(fit))),
        "fit PNG": lambda: mix.declare(pictures.other(next(png)), "PNG"),
        "undeclared": lambda: mix.link(pictures.other(next(hidden)), imgur=False),
        "undeclared, a rule names copies": lambda: mix.link(pictures.other(next(hidden)), imgur=True),
    }
    for kind in kinds:
        made[kind]()
    return mix


class _Pictures:
    """Parts of photographs, to taste or not."""

    def __init__(self, paths: Sequence[Path], bundle: Bundle, chance: random.Random) -> None:
        self._bundle, self._chance = bundle, chance
        wholes = [photographs.opened(path) for path in paths]
        liked = [self._passes(whole) for whole in wholes]
        self._liked = [whole for whole, passes in zip(wholes, liked, strict=True) if passes] or wholes
        self._others = [whole for whole, passes in zip(wholes, liked, strict=True) if not passes] or wholes

    def liked(self, size: tuple[int, int]) -> Image.Image:
        return self._drawn(self._liked, size, passes=True)

    def other(self, size: tuple[int, int]) -> Image.Image:
        return self._drawn(self._others, size, passes=False)

    def _drawn(self, among: Sequence[Image.Image], size: tuple[int, int], *, passes: bool) -> Image.Image:
        for _ in range(_DRAWS):
            whole = self._chance.choice(among)
            box = photographs.part(whole, size, self._chance)
            left, top, right, bottom = (round(edge) for edge in box)
            if self._passes(whole.crop((left, top, right, bottom))) == passes:
                break
        return photographs.resized(whole, box, size)

    def _passes(self, image: Image.Image) -> bool:
        return self._bundle.score_of(image) >= self._bundle.novelty.threshold


def _kinds(told: Mapping[str, Any], count: int) -> list[str]:
    """So many of each kind as the recorded shares give of `count`, the rest to the most frequent."""
    all_, png, kept = told["candidates"], told["png"], told["kept"]["share"]
    looked_at = "declared, with previews"
    shares = {
        name: (number - png.get(name, 0) * (name in {looked_at, "declared unfit"})) / all_
        for name, number in told["counts"].items()
    }
    shares["unfit PNG"] = png["declared unfit"] / all_
    shares["fit PNG"] = png[looked_at] / all_
    shares["kept"], shares["fit"] = kept, shares.pop(looked_at) - kept
    kinds = [kind for kind, share in shares.items() for _ in range(max(1, round(share * count)))]
    return (kinds + ["fit"] * count)[:count]


def _sizes(told: Mapping[str, Any], name: str) -> Iterator[tuple[int, int]]:
    """The recorded sizes, in an order in which any few that follow each other are spread over all."""
    sizes = told["sizes"][name]
    return cycle(
        (width, height) for width, height in (sizes[(3 + 7 * n) % len(sizes)] for n in range(len(sizes)))
    )


def _hidden(told: Mapping[str, Any], chance: random.Random) -> Iterator[tuple[int, int]]:
    """Sizes that nobody declared: as those that were declared."""
    unfit = told["counts"]["declared unfit"]
    share = unfit / (unfit + told["counts"]["declared, with previews"])
    kinds = {name: _sizes(told, name) for name in ("declared unfit", "fit")}
    while True:
        yield next(kinds["declared unfit" if chance.random() < share else "fit"])


def _copy(image: Image.Image, kind: str) -> File:
    """A host's copy; of a PNG it makes a PNG, and a WebP for whoever accepts that."""
    if kind == "JPEG":
        return File(photographs.encoded(image, "JPEG", 80))
    return File(photographs.encoded(image, kind), "image/png", photographs.encoded(image, "WEBP", 75))
