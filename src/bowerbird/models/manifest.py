"""`manifest.json`: what a bundle is made of, where it came from and how its thresholds were chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bowerbird.core.errors import BundleError
from bowerbird.core.whole import write_whole
from bowerbird.models.preprocess import Fit, Preprocess, Resample, Resize

SCHEMA: Final = 1
# A manifest has four thousand bytes. onnxruntime takes no network of more than 2 GiB.
_MOST_BYTES: Final = 256 * 1024
_MOST_FILE_BYTES: Final = 2**31
FILE_NAME: Final = "manifest.json"

# A bundle can come from anybody, so a file's name must not lead out of the bundle's folder.
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
_Triple = tuple[float, float, float]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Artifact(_Entry):
    """One file of the bundle; `precision` is fp32, fp16, int8 or, for plain arrays, the array type."""

    file: FileName
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=1, le=_MOST_FILE_BYTES)]
    licence: str
    source: str
    precision: str


class ResizeEntry(_Entry):
    """See `bowerbird.models.preprocess.Resize`."""

    size: Annotated[int, Field(ge=16, le=1024)]
    fit: Fit
    resample: Resample


class PreprocessEntry(_Entry):
    """See `bowerbird.models.preprocess.Preprocess`."""

    resizes: Annotated[tuple[ResizeEntry, ...], Field(min_length=1, max_length=3)]
    mean: _Triple
    std: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]

    def build(self) -> Preprocess:
        """Return the transform itself."""
        resizes = tuple(Resize(entry.size, entry.fit, entry.resample) for entry in self.resizes)
        return Preprocess(resizes, self.mean, self.std)


class Threshold(_Entry):
    """A decision boundary and, in words, how it was chosen."""

    value: float
    chosen: Annotated[str, Field(min_length=1)]


class EncoderEntry(_Entry):
    """The network that turns a picture into a vector of `dim` numbers.

    `style` is a range of that vector: from the first index up to, but not including, the second. The numbers
    in it say how a picture is made, more than what it shows. `style` is None when the network does not keep
    the two apart.
    """

    artifact: Artifact
    preprocess: PreprocessEntry
    dim: Annotated[int, Field(ge=1, le=16384)]
    style: tuple[int, int] | None = None

    @property
    def fingerprint(self) -> str:
        """Tell this encoder, and how it is fed, from every other: their vectors cannot be compared."""
        return f"{self.artifact.sha256}:{self.preprocess.model_dump_json()}"

    @model_validator(mode="after")
    def _style_within(self) -> Self:
        if self.style and not 0 <= self.style[0] < self.style[1] <= self.dim:
            raise ValueError(f"style {self.style} lies outside the {self.dim} numbers")
        return self


class NoveltyEntry(_Entry):
    """The owner's model. A picture is kept when its score is at or above the threshold.

    A preview may score up to `preview_margin` lower.
    """

    artifact: Artifact
    threshold: Threshold
    preview_margin: Threshold | None = None


class GlanceEntry(_Entry):
    """A small network that guesses the encoder's vector from a small copy, for a first look.

    The owner's model scores the guess. It may score up to `margin` below the threshold; without a margin,
    nobody looks through it. `basis` holds what makes the guess whole, if the network tells it by fewer
    numbers than the encoder has (`bowerbird.models.glance`).
    """

    artifact: Artifact
    basis: Artifact | None = None
    preprocess: PreprocessEntry
    margin: Threshold | None = None


class ScoutEntry(_Entry):
    """A cheaper bundle that looks first, and how far this bundle trusts it.

    A picture that the cheaper bundle scores below `floor` is rejected. `bundle` is its label, such as
    `lite@1.1.0`. `floor` is on that bundle's scale, and holds for that version only. `glance` is the same for
    that bundle's small network, if it has one.
    """

    bundle: str
    floor: Threshold
    glance: Threshold | None = None


class WatermarkEntry(_Entry):
    """The classifier of watermarks. A picture is rejected when its score is at or above the threshold."""

    artifact: Artifact
    preprocess: PreprocessEntry
    threshold: Threshold


class Canonical(_Entry):
    """What the bundle must compute, on any machine, for a picture drawn by `bowerbird.models.canonical`."""

    image: str
    embedding: Annotated[tuple[float, ...], Field(min_length=1)]
    novelty: float
    watermark: float | None = None
    glance: float | None = None


class Manifest(_Entry):
    """The whole manifest.

    `tolerance` bounds how far a machine may differ from the canonical values, relative to the size of a
    value. `background` holds ordinary pictures as the encoder sees them (`bowerbird.models.background`): the
    model compares with them, and so does the next training. `aesthetic` is LAION's linear head on the
    embedding. Its score is recorded beside decisions and decides nothing.
    """

    version_of_schema: Literal[1] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    created_from: str
    encoder: EncoderEntry
    novelty: NoveltyEntry
    watermark: WatermarkEntry | None = None
    glance: GlanceEntry | None = None
    aesthetic: Artifact | None = None
    background: Artifact | None = None
    scout: ScoutEntry | None = None
    canonical: tuple[Canonical, ...] = ()
    tolerance: Annotated[float, Field(gt=0)] = 1e-3

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """List every file of the bundle except the manifest."""
        entries = (self.encoder, self.novelty, self.watermark, self.glance)
        return files_of(*entries, self.aesthetic, self.background)


def files_of(
    *held: EncoderEntry | NoveltyEntry | WatermarkEntry | GlanceEntry | Artifact | None,
) -> tuple[Artifact, ...]:
    """List the files of what a bundle holds, in this order."""
    files = list[Artifact]()
    for each in held:
        if each is not None:
            files.append(each if isinstance(each, Artifact) else each.artifact)
        if isinstance(each, GlanceEntry) and each.basis is not None:
            files.append(each.basis)
    return tuple(files)


def read(folder: Path) -> Manifest:
    """Read and validate a bundle's manifest.

    Raises:
        BundleError: no manifest, not JSON, another schema, or a field that cannot be.
    """
    path = folder / FILE_NAME
    try:
        text = described(path)
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"no bundle in {folder}: {FILE_NAME} cannot be read ({error})") from error
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "manifest"
        raise BundleError(
            f"{path}: {where}: {first['msg']} ({error.error_count()} problems in all)"
        ) from None


def described(path: Path) -> str:
    """Read what describes a network or a bundle; more than 256 KiB do not.

    Raises:
        OSError: it cannot be read, or is too large.
        UnicodeDecodeError: it is no text.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise OSError(f"it has more than {_MOST_BYTES} bytes")
    return data.decode()


def write(manifest: Manifest, folder: Path) -> None:
    """Write the manifest, readable by people, whole or not at all."""
    text = manifest.model_dump_json(indent=2, by_alias=True, exclude_none=True)
    write_whole(folder / FILE_NAME, (text + "\n").encode())
