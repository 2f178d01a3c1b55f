"""A bundle: everything needed to judge a picture, from one folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from bowerbird.core.errors import NoSuchBundleError
from bowerbird.models import background as backgrounds
from bowerbird.models import files
from bowerbird.models import manifest as manifests
from bowerbird.models import novelty as novelties
from bowerbird.models.background import Background
from bowerbird.models.densities import Linear
from bowerbird.models.encoder import Encoder
from bowerbird.models.glance import Glance, read_basis
from bowerbird.models.manifest import Manifest
from bowerbird.models.novelty import Novelty
from bowerbird.models.session import Session
from bowerbird.models.watermark import Watermark

# A Lambda layer and the container image keep `bundles` on the import path, a wheel keeps it in this package,
# the repository under layers/.
_PACKAGE: Final = Path(__file__).resolve().parent
SEARCHED: Final = (
    *(Path(entry) / "bundles" for entry in sys.path if Path(entry).is_absolute()),
    _PACKAGE / "bundles",
    _PACKAGE.parents[2] / "layers" / "models" / "bundles",
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A loaded bundle. Its networks are made when they are first used and may be shared by threads."""

    folder: Path
    manifest: Manifest
    encoder: Encoder
    novelty: Novelty
    watermark: Watermark | None
    aesthetic: Linear | None = None
    glance: Glance | None = None

    @property
    def label(self) -> str:
        """Return name and version, as decisions record them: `lite@1.0.0`."""
        return f"{self.manifest.name}@{self.manifest.version}"

    @property
    def preview_side(self) -> int:
        """The shorter side, in pixels, that a preview must have to be seen as the original is.

        It is twice the network's input, because scaling down wipes out what the host's compression has added.
        A copy of exactly the input's size moves scores several times as far (docs/performance.md).
        """
        return 2 * self.encoder.preprocess.size

    @property
    def min_side(self) -> int:
        """Return the shorter side, in pixels, that a decoder must keep for these models."""
        sizes = [self.encoder.min_side]
        if self.watermark is not None:
            sizes.append(self.watermark.preprocess.min_side)
        return max(sizes)

    def score_of(self, image: Image.Image) -> float:
        """How much an RGB picture of any size looks like what the owner loves; `novelty.threshold` keeps."""
        return float(self.novelty.score(self.encoder.embed([image]))[0])


def load(
    name: str | Path,
    *,
    verify: bool = False,
    threads: int = 1,
    searched: tuple[Path, ...] = SEARCHED,
) -> Bundle:
    """Load a bundle by name (in the folders `searched`) or by path.

    Every file is hashed, each time: 12 ms of a core for `lite`, 60 for CLIP, and no swapped file is ever run.
    With `verify`, the canonical pictures are judged too; see `bowerbird.models.verify`. `threads` is for one
    picture.

    Raises:
        BundleError: missing, damaged, swapped or of an unknown schema; the text says which file.
    """
    folder = find(name, searched)
    manifest = manifests.read(folder)
    for artifact in manifest.artifacts:
        files.check(folder / artifact.file, artifact)
    novelty = _novelty(folder, manifest)
    bundle = Bundle(
        folder,
        manifest,
        _encoder(folder, manifest, threads),
        novelty,
        _watermark(folder, manifest, threads),
        _aesthetic(folder, manifest),
        _glance(folder, manifest, novelty, threads),
    )
    if verify:
        # Only here: verification draws pictures, which no cold start should pay for.
        from bowerbird.models.verify import check  # noqa: PLC0415

        check(bundle)
    return bundle


def find(name: str | Path, searched: tuple[Path, ...] = SEARCHED) -> Path:
    """The folder of a bundle: a path is taken as it is, a bare name is looked up.

    Raises:
        NoSuchBundleError: there is none; the text lists the ones there are.
    """
    path = Path(name)
    if (path / manifests.FILE_NAME).is_file() and (path.is_absolute() or len(path.parts) > 1):
        return path
    for parent in searched:
        if (parent / path / manifests.FILE_NAME).is_file():
            return parent / path
    if (path / manifests.FILE_NAME).is_file():
        return path
    known = ", ".join(sorted({folder.name for folder in installed(searched)})) or "none"
    raise NoSuchBundleError(
        f"no bundle {name}: not a folder with a {manifests.FILE_NAME}; installed: {known}"
    )


def installed(searched: tuple[Path, ...] = SEARCHED) -> Iterator[Path]:
    """List the folders of all bundles that can be loaded by name."""
    for parent in searched:
        yield from sorted(path.parent for path in parent.glob(f"*/{manifests.FILE_NAME}"))


def _encoder(folder: Path, manifest: Manifest, threads: int) -> Encoder:
    entry = manifest.encoder
    session = Session(folder / entry.artifact.file, threads=threads)
    return Encoder(session, entry.preprocess.build(), entry.dim)


def read_background(folder: Path, manifest: Manifest) -> Background | None:
    """Read the ordinary pictures that come with a bundle, if any do.

    Raises:
        BundleError: they cannot be read, or another encoder saw them.
    """
    if manifest.background is None:
        return None
    return backgrounds.load(folder / manifest.background.file, manifest.encoder.dim)


def _novelty(folder: Path, manifest: Manifest) -> Novelty:
    entry = manifest.novelty
    # The model holds the rows that it compares with. To keep the others too would take 14 MB for the lite
    # bundle.
    background = read_background(folder, manifest)
    margin = None if entry.preview_margin is None else entry.preview_margin.value
    path = folder / entry.artifact.file
    return novelties.load(path, entry.threshold.value, manifest.encoder.dim, margin, background)


def _watermark(folder: Path, manifest: Manifest, threads: int) -> Watermark | None:
    entry = manifest.watermark
    if entry is None:
        return None
    session = Session(folder / entry.artifact.file, threads=threads)
    return Watermark(session, entry.preprocess.build(), entry.threshold.value)


def _glance(folder: Path, manifest: Manifest, novelty: Novelty, threads: int) -> Glance | None:
    entry = manifest.glance
    if entry is None:
        return None
    session = Session(folder / entry.artifact.file, threads=threads)
    margin = None if entry.margin is None else entry.margin.value
    dim = manifest.encoder.dim
    if entry.basis is not None:
        basis = read_basis(folder / entry.basis.file, dim)
        dim, novelty = len(basis), novelty.within(basis)
    return Glance(Encoder(session, entry.preprocess.build(), dim), novelty, margin)


def _aesthetic(folder: Path, manifest: Manifest) -> Linear | None:
    if manifest.aesthetic is None:
        return None
    return novelties.load_linear(folder / manifest.aesthetic.file, manifest.encoder.dim)
