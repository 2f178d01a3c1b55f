"""What `bowerbird models pull` can fetch: files of other publishers, pinned by their sha256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.download import Remote

# CLIP's own normalisation (openai/CLIP, clip/clip.py, `_transform`), after the original filter server's two
# squashes, so that models fitted for it keep their meaning.
_CLIP_PREPROCESS: Final = {
    "resizes": [
        {"size": 512, "fit": "squash", "resample": "lanczos"},
        {"size": 224, "fit": "squash", "resample": "lanczos"},
    ],
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
}
_CLIP_OWN: Final = {
    **_CLIP_PREPROCESS,
    "resizes": [{"size": 224, "fit": "crop", "resample": "bicubic"}],
}
PREPROCESS: Final[Mapping[str, Mapping[str, Any]]] = {"squash": _CLIP_PREPROCESS, "clip": _CLIP_OWN}


@dataclass(frozen=True, slots=True)
class Published:
    """A file, what it is called here, and its licence; `dim` of an encoder that is ready to use."""

    remote: Remote
    file: str
    licence: str
    precision: str
    dim: int | None = None


_VARIANTS: Final = "https://huggingface.co/mlunar/clip-variants/resolve/main/models"

CLIP: Final[Mapping[str, Published]] = {
    "int8": Published(
        Remote(
            f"{_VARIANTS}/clip-vit-base-patch16-visual-qint8.onnx",
            "82fdd41f3e26546a2b806fee1e1104620869b423011cc1d1a0273363132c15a6",
            100_000_000,
        ),
        "encoder.onnx",
        "MIT",
        "int8",
        512,
    ),
    "fp16": Published(
        Remote(
            f"{_VARIANTS}/clip-vit-base-patch16-visual-float16.onnx",
            "9e6fa2a8a1e6be82bde9fb466ebf369e4ce61e96f3da0d932781d4b94d8143ad",
            200_000_000,
        ),
        "encoder.onnx",
        "MIT",
        "fp16",
        512,
    ),
    # Both networks; layers/models/build/export_clip.py makes the image encoder of it.
    "fp32": Published(
        Remote(
            "https://openaipublic.azureedge.net/clip/models/"
            "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f/ViT-B-16.pt",
            "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f",
            400_000_000,
        ),
        "ViT-B-16.pt",
        "MIT",
        "fp32",
    ),
}

# The original system's classifier; layers/models/build/export_watermark.py converts it.
WATERMARK: Final = Published(
    Remote(
        "https://huggingface.co/qwertyforce/watermark_detection/resolve/main/model.pt",
        "c835dcf80ffa6fd3cb2cedfba95223b5c4243bf59431dfee5889517016a8dff5",
        40_000_000,
    ),
    "watermark.pt",
    "CC-BY-SA-4.0",
    "fp32",
)
