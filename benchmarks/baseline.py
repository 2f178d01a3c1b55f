"""Does the original's work for one picture: what nomad and anti_sus did, in their order.

Like the original, it asks HEAD first (for all but the items of Reddit's galleries), downloads every file in
full, and reads the size from the header before it decodes: github.com/qwertyforce/nomad, reddit_stream.py. It
is generous in one thing: it runs the networks in onnxruntime, where the original ran them in torch.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime as ort
import requests
from numpy.typing import NDArray
from PIL import Image
from sklearn.mixture import GaussianMixture

from benchmarks.measure import Clock
from benchmarks.shapes import mixture
from bowerbird.core.messages import Candidate

_LANCZOS = Image.Resampling.LANCZOS
_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


class Baseline:
    """Every original in full, ViT-B/16 in float32, sixteen full covariances, EfficientNetV2-B0 at 512.

    The weights are random, so no score means anything. `liked` says which pictures go on to the last network.
    """

    def __init__(self, networks: Path, server: str, clock: Clock, liked: Callable[[Candidate], bool]) -> None:
        self._clip = _session(networks / "vit_b16.onnx")
        self._watermark = _session(networks / "efficientnetv2_b0.onnx")
        self._mixture = _mixture()
        self._http = requests.Session()
        self._server, self._clock, self._liked = server, clock, liked

    def judge(self, candidate: Candidate) -> str:
        """The outcome's word."""
        host, _, path = candidate.urls[0].removeprefix("https://").partition("/")
        with self._clock("fetch"):
            url, headers = f"{self._server}/{path}", {"Host": host}
            self._http.head(url, headers=headers, timeout=60).raise_for_status()
            data = self._http.get(url, headers=headers, timeout=60).content
        image = Image.open(io.BytesIO(data))
        width, height = image.size
        if width * height < 1280 * 1024:
            return "too-small"
        if width / height > 3 or height / width > 2:  # noqa: PLR2004 - nomad's own numbers
            return "aspect"
        with self._clock("decode"):
            pixels = image.convert("RGB")
        with self._clock("resize"):
            square = pixels.resize((512, 512), _LANCZOS)
            small = np.asarray(square.resize((224, 224), _LANCZOS), np.float32)
        with self._clock("encoder"):
            features = _run(self._clip, (small / 255 - _MEAN) / _STD)
            features /= np.linalg.norm(features)
        with self._clock("novelty"):
            self._mixture.score_samples(features)
        if not self._liked(candidate):
            return "novelty"
        with self._clock("watermark"):
            _run(self._watermark, (np.asarray(square, np.float32) / 255 - 0.5) / 0.5)
        return "kept"


def _mixture() -> GaussianMixture:
    model = GaussianMixture(16, covariance_type="full")
    model.weights_, model.means_, model.precisions_cholesky_ = mixture()
    model.covariances_ = np.zeros((16, 512, 512))
    return model


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _run(session: ort.InferenceSession, picture: NDArray[np.floating]) -> NDArray[np.float32]:
    batch = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
    (output,) = session.run(None, {"picture": batch})
    return np.asarray(output, np.float32)
