"""What tastes share of one candidate: transfers, decoded pictures, embeddings, and looks for a watermark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.ports import Fetched, Fetcher
from bowerbird.filter.once import Once
from bowerbird.imaging import ImageInfo
from bowerbird.imaging.isolated import Decoder
from bowerbird.models.bundle import Bundle
from bowerbird.models.encoder import Encoder
from bowerbird.models.glance import Glance
from bowerbird.models.manifest import EncoderEntry, GlanceEntry, WatermarkEntry
from bowerbird.models.watermark import Detection, Watermark


@dataclass(frozen=True, slots=True)
class SharedFetcher:
    """Fetches what one candidate needs, each link once.

    Whoever asks for a link a second time must stop reading where the first one did: see `Parts.common`.
    """

    fetcher: Fetcher
    once: Once

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        """Read a URL; see `bowerbird.core.ports.Fetcher`."""
        return self.once.ask(
            ("fetch", url, accept, max_bytes),
            None,
            lambda: self.fetcher.fetch(
                url, accept=accept, max_bytes=max_bytes, headers=headers, enough=enough
            ),
        )


@dataclass(frozen=True, slots=True)
class SharedDecoder:
    """Decodes what one candidate needs, each file once for each size."""

    decoder: Decoder
    once: Once

    def inspect(self, data: bytes) -> ImageInfo:
        """Read the header; see `bowerbird.imaging.inspect`."""
        return self.once.ask("inspect", data, lambda: self.decoder.inspect(data))

    def decode(self, data: bytes, *, min_side: int | None = None) -> Image.Image:
        """Decode to RGB; see `bowerbird.imaging.decode`."""
        return self.read(data, min_side=min_side)[1]

    def read(self, data: bytes, *, min_side: int | None = None) -> tuple[ImageInfo, Image.Image]:
        """Read the header and decode to RGB; see `bowerbird.imaging.read`."""
        return self.once.ask(("read", min_side), data, lambda: self.decoder.read(data, min_side=min_side))


@dataclass(frozen=True, slots=True)
class SharedEncoder(Encoder):
    """An encoder of several tastes, which embeds a picture once."""

    once: Once

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Embed; see `Encoder`."""
        if len(images) != 1:
            return Encoder.embed(self, images)
        return self.once.ask(("embed", id(self.session)), images[0], lambda: Encoder.embed(self, images))


@dataclass(frozen=True, slots=True)
class SharedWatermark(Watermark):
    """A classifier of several tastes, which looks at a picture once. Each taste has its own threshold."""

    once: Once

    def detect(self, images: Sequence[Image.Image]) -> list[Detection]:
        """Look; see `Watermark`."""
        if len(images) != 1:
            return Watermark.detect(self, images)
        return self.once.ask(("mark", id(self.session)), images[0], lambda: Watermark.detect(self, images))


def shared(bundles: Sequence[Bundle], once: Once) -> list[Bundle]:
    """Return the bundles in their order. Bundles of the same network, told by its sha256, load it once."""
    encoders: dict[str, SharedEncoder] = {}
    classifiers: dict[str, SharedWatermark] = {}
    made = []
    for bundle in bundles:
        own, mark = bundle.encoder, bundle.watermark
        fresh = SharedEncoder(own.session, own.preprocess, own.dim, once)
        encoder = encoders.setdefault(_network(bundle.manifest.encoder), fresh)
        watermark = None
        if mark is not None and bundle.manifest.watermark is not None:
            look = SharedWatermark(mark.session, mark.preprocess, mark.threshold, once)
            look = classifiers.setdefault(_network(bundle.manifest.watermark), look)
            watermark = replace(look, threshold=mark.threshold)
        made.append(
            replace(bundle, encoder=encoder, watermark=watermark, glance=_glance(bundle, encoders, once))
        )
    return made


def _glance(bundle: Bundle, encoders: dict[str, SharedEncoder], once: Once) -> Glance | None:
    own, entry = bundle.glance, bundle.manifest.glance
    if own is None or entry is None:
        return None
    fresh = SharedEncoder(own.encoder.session, own.encoder.preprocess, own.encoder.dim, once)
    return replace(own, encoder=encoders.setdefault(_network(entry), fresh))


def _network(entry: EncoderEntry | GlanceEntry | WatermarkEntry) -> str:
    return f"{entry.artifact.sha256} {entry.preprocess.model_dump_json()}"
