"""What `bowerbird models pull` can fetch: files of other publishers, pinned by their sha256.

`published.json` holds the addresses. Its `squash` does the original filter server's two resizes, then CLIP's
own normalisation (openai/CLIP, clip/clip.py, `_transform`); so models fitted for that server keep their
meaning. `clip` is CLIP's own preprocessing throughout. OpenAI's ViT-B-16.pt must be converted with PyTorch
before use, in layers/models/workshop; everything else is ready when it has been pulled.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bowerbird.core.errors import UsageError
from bowerbird.models.manifest import FileName, PreprocessEntry
from bowerbird.training.download import Remote

OWN: Final = Path(__file__).with_name("published.json")
#: Networks that were pulled lie here, each in a folder of its own: clip-int8, clip-fp16, ...
PULLED: Final = Path.home() / ".cache/bowerbird"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Published(_Entry):
    """A file, what it is called here, its size and licence; `dim` of an encoder that is ready to use."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    megabytes: Annotated[float, Field(gt=0)] = 0.001
    most_bytes: Annotated[int, Field(ge=1)]
    file: FileName
    licence: str
    precision: str
    dim: int | None = None

    @property
    def remote(self) -> Remote:
        """Describe the file for the downloader."""
        return Remote(self.url, self.sha256, self.most_bytes)


class Catalogue(_Entry):
    """Everything that can be fetched: CLIP's image encoder by precision, preprocessing by name."""

    preprocess: Mapping[str, PreprocessEntry]
    clip: Mapping[str, Published]
    watermark: Published
    aesthetic: Published


def read(path: Path = OWN) -> Catalogue:
    """The publishers' own addresses, or another table of the same form: a mirror, or networks of one's own.

    Raises:
        UsageError: the file is no such table.
    """
    try:
        return Catalogue.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise UsageError(f"{path} is not a table like {OWN.name}: {error}") from error
