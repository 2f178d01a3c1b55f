"""Fetches published networks into a folder, and makes them ready to use there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.core.whole import write_whole
from bowerbird.models.manifest import Artifact, EncoderEntry, PreprocessEntry
from bowerbird.training import converted
from bowerbird.training.download import Report, download, is_here
from bowerbird.training.published import Catalogue, Published

_USUAL_LINE: Final = 20.0  # Mbit/s

Convert = Callable[[Path, Path, Published], None]
_CONVERTERS: Final[dict[str, Convert]] = {"watermark": converted.watermark, "aesthetic": converted.aesthetic}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A published file, and what makes it ready once it lies in its folder."""

    name: str
    file: Published
    ready: Callable[[Path], None]

    @property
    def by_hand(self) -> bool:
        """Whether PyTorch must convert the file before it is of use."""
        return self.name == "clip" and self.file.dim is None


def wanted(table: Catalogue, what: str, precision: str, preprocess: str) -> tuple[Wanted, ...]:
    """List what is fetched for a name: CLIP brings its watermark classifier and its aesthetic head."""
    heads = {name: _head(name, getattr(table, name)) for name in _CONVERTERS}
    if what != "clip":
        return (heads[what],)
    encoder = table.clip[precision]
    entry = table.preprocess[preprocess]
    return (Wanted("clip", encoder, lambda folder: _describe(encoder, folder, entry)), *heads.values())


def missing(files: Sequence[Wanted], folder: Path) -> tuple[Wanted, ...]:
    """Leave out what lies in the folder already, byte for byte."""
    return tuple(each for each in files if not is_here(each.file.remote, folder / each.file.file))


def announce(files: Sequence[Wanted], folder: Path) -> str:
    """Say what is fetched, how large it is, how long that takes, and whose it is."""
    lines = [f"{each.file.file}: {_size(each.file)}, licence {each.file.licence}" for each in files]
    megabytes = sum(each.file.megabytes for each in files)
    minutes = megabytes * 8 / _USUAL_LINE / 60
    took = "less than a minute" if minutes < 1 else f"about {minutes:.0f} min"
    total = f"in all {megabytes:.0f} MB to {folder}: {took} on a line of {_USUAL_LINE:.0f} Mbit/s"
    return "\n".join([*lines, total] if files else [f"all files are in {folder} already"])


def pull(each: Wanted, folder: Path, report: Report) -> None:
    """Fetch one file and make it ready.

    Raises:
        BundleError: the server refuses, or the file is not the published one.
        RetryableError: the server cannot be reached, or cuts the connection again and again.
    """
    download(each.file.remote, folder / each.file.file, report=report)
    if not each.by_hand:
        each.ready(folder)


def _head(name: str, file: Published) -> Wanted:
    return Wanted(name, file, lambda folder: _CONVERTERS[name](folder / file.file, folder, file))


def _size(file: Published) -> str:
    return f"{file.megabytes:.0f} MB" if file.megabytes >= 1 else f"{file.megabytes * 1000:.0f} KB"


def _describe(what: Published, folder: Path, preprocess: PreprocessEntry) -> None:
    """Write the `encoder.json` that `bowerbird train --encoder` reads."""
    artifact = Artifact(
        file=what.file,
        sha256=what.sha256,
        bytes=(folder / what.file).stat().st_size,
        licence=what.licence,
        source=what.url,
        precision=what.precision,
    )
    entry = EncoderEntry(artifact=artifact, preprocess=preprocess, dim=what.dim or 0)
    write_whole(folder / "encoder.json", (entry.model_dump_json(indent=2) + "\n").encode())
