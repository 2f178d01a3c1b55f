"""Writes a bundle: the encoder it was fitted with, the model, the manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bowerbird.adapters.beforehand import bundle_name
from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.errors import BundleError, NoSuchBundleError, UsageError
from bowerbird.core.usual import Marks
from bowerbird.models import background as backgrounds
from bowerbird.models import bundle as bundles
from bowerbird.models import canonical, files, verify
from bowerbird.models import manifest as manifests
from bowerbird.models import novelty as novelties
from bowerbird.models.background import Background
from bowerbird.models.manifest import (
    Artifact,
    EncoderEntry,
    GlanceEntry,
    Manifest,
    NoveltyEntry,
    Threshold,
    WatermarkEntry,
    files_of,
)
from bowerbird.models.novelty import Novelty
from bowerbird.training import published

_NOVELTY_FILE: Final = "novelty.npz"
_ENCODER_FILE: Final = "encoder.json"
#: A threshold that no probability reaches.
_NEVER: Final = 2.0
_Entry = TypeVar("_Entry", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks a new bundle takes over, the folder their files lie in, and what the encoder saw before.

    `background` is of ordinary pictures, which training compares the owner's with.
    """

    folder: Path
    encoder: EncoderEntry
    watermark: WatermarkEntry | None = None
    aesthetic: Artifact | None = None
    glance: GlanceEntry | None = None
    background: Background | None = None

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """List the networks' files."""
        return files_of(self.encoder, self.watermark, self.aesthetic, self.glance)


def networks(name: str) -> Networks:
    """Take the networks of a bundle, by name or folder, or those beside an `encoder.json`.

    Such a file may be named itself, by its folder, or as what `bowerbird models pull` fetched: `clip`. A
    `watermark.json`, an `aesthetic.json`, a `glance.json` and a `background.npz` that lie beside it come with
    it. How far a glance can be trusted depends on the owner's model, so a new bundle does not know it yet.

    Raises:
        NoSuchBundleError: the text names none of these.
        BundleError: what it names is damaged.
        UsageError: several networks of that name were pulled.
    """
    path = _described(name)
    if path is None:
        folder = _bundle(name)
        manifest = manifests.read(folder)
        glance = manifest.glance and manifest.glance.model_copy(update={"margin": None})
        background = bundles.read_background(folder, manifest)
        return Networks(folder, manifest.encoder, manifest.watermark, manifest.aesthetic, glance, background)
    heads = [path.with_name(f"{name}.json") for name in ("watermark", "aesthetic", "glance")]
    beside = path.with_name(backgrounds.FILE_NAME)
    encoder = _read(path, EncoderEntry)
    return Networks(
        path.parent,
        encoder,
        _read(heads[0], WatermarkEntry) if heads[0].exists() else None,
        _read(heads[1], Artifact) if heads[1].exists() else None,
        _read(heads[2], GlanceEntry) if heads[2].exists() else None,
        backgrounds.load(beside, encoder.dim) if beside.exists() else None,
    )


def with_marks(taken: Networks, watermark: Marks) -> Networks:
    """The networks of a bundle that rejects watermarks, merely notes how likely one is, or looks for none."""
    if taken.watermark is None or watermark == "reject":
        return taken
    if watermark == "off":
        return replace(taken, watermark=None)
    never = Threshold(value=_NEVER, chosen="above any probability: watermarks are noted, and reject nothing")
    return replace(taken, watermark=taken.watermark.model_copy(update={"threshold": never}))


def _described(name: str) -> Path | None:
    """Find the `encoder.json` that a text names, if it names one and no bundle."""
    path = Path(name)
    if path.suffix == ".json":
        return path
    if (path / _ENCODER_FILE).is_file() and not (path / manifests.FILE_NAME).is_file():
        return path / _ENCODER_FILE
    if len(path.parts) != 1 or any(folder.name == name for folder in bundles.installed()):
        return None
    pulled = sorted(
        file
        for file in published.PULLED.glob(f"*/{_ENCODER_FILE}")
        if file.parent.name == name or file.parent.name.startswith(f"{name}-")
    )
    pulled = [file for file in pulled if file.parent.name == name] or pulled
    if len(pulled) > 1:
        raise UsageError(f"{name} is here as {' and '.join(file.parent.name for file in pulled)}: name one")
    return pulled[0] if pulled else None


def _bundle(name: str) -> Path:
    try:
        return bundles.find(name)
    except NoSuchBundleError as error:
        hint = "; `bowerbird models pull clip` fetches CLIP (111 MB)" if name.startswith("clip") else ""
        raise NoSuchBundleError(f"{error}{hint}") from error


def _read(path: Path, kind: type[_Entry]) -> _Entry:
    try:
        return kind.model_validate_json(manifests.described(path))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise BundleError(f"{path} does not describe one of a bundle's networks: {error}") from error


def write(  # noqa: PLR0913 - what a manifest says, each by name
    out: Path,
    taken: Networks,
    model: Novelty,
    *,
    version: str,
    chosen: str,
    created_from: str,
    licence: str,
    preview_margin: Threshold | None = None,
) -> None:
    """Write the folder `out`; its name becomes the bundle's. Compute the canonical values here and now."""
    with staged(out) as folder:
        for artifact in taken.artifacts:
            files.check(taken.folder / artifact.file, artifact)
            shutil.copyfile(taken.folder / artifact.file, folder / artifact.file)
        novelties.save(model, folder / _NOVELTY_FILE)
        if taken.background is not None:
            backgrounds.save(taken.background, folder / backgrounds.FILE_NAME)
        manifest = _manifest(
            out,
            folder,
            taken,
            model,
            version=version,
            chosen=chosen,
            created_from=created_from,
            licence=licence,
            preview_margin=preview_margin,
        )
        manifests.write(manifest, folder)
        made = bundles.load(folder.resolve())
        seen = tuple(verify.observe(made, name) for name in canonical.NAMES)
        manifests.write(manifest.model_copy(update={"canonical": seen}), folder)


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder in `out` to write a bundle to. At the end its files take their places, the manifest last.

    When the disk fills or the program stops before that, what stood in `out` stays as it was.

    Raises:
        StoreError: the disk is full, is write-protected, or fails.
    """
    folder = out / ".new"
    with disk_errors(out):
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            yield folder
            made = [path for path in folder.rglob("*") if path.is_file()]
            for path in sorted(made, key=lambda path: (path.name == manifests.FILE_NAME, path)):
                place = out / path.relative_to(folder)
                place.parent.mkdir(exist_ok=True)
                path.replace(place)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # where something stands, it stays
                out.rmdir()


def _manifest(  # noqa: PLR0913 - as above
    out: Path,
    folder: Path,
    taken: Networks,
    model: Novelty,
    *,
    version: str,
    chosen: str,
    created_from: str,
    licence: str,
    preview_margin: Threshold | None,
) -> Manifest:
    return Manifest(
        schema=manifests.SCHEMA,
        name=bundle_name(out),
        version=version,
        created_from=created_from,
        encoder=taken.encoder,
        novelty=NoveltyEntry(
            artifact=_artifact(
                folder / _NOVELTY_FILE, licence, created_from, "float16 references, float32 parameters"
            ),
            threshold=Threshold(value=model.threshold, chosen=chosen),
            preview_margin=preview_margin,
        ),
        watermark=taken.watermark,
        aesthetic=taken.aesthetic,
        glance=taken.glance,
        background=_background(folder, taken.background),
    )


def _background(folder: Path, background: Background | None) -> Artifact | None:
    if background is None:
        return None
    path = folder / backgrounds.FILE_NAME
    return _artifact(path, background.licence, background.made_of, "8-bit vectors")


def _artifact(path: Path, licence: str, source: str, precision: str) -> Artifact:
    data = path.read_bytes()
    return Artifact(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        licence=licence,
        source=source,
        precision=precision,
    )
