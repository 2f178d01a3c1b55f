"""A network in onnxruntime: float32 in, float32 out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError

Array = NDArray[np.float32]

# By what is asked for. By default an arena grows by twice as much each time.
_AS_ASKED: Final = 1

_SHARING: Final = Lock()


class Session:
    """A network with one input. It is loaded on first use, and is safe to share between threads.

    `threads` is the number for one picture. The host judges several pictures at once, so more than one thread
    a picture only makes them wait for each other.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        self._path = path
        self._threads = threads
        self._lock = Lock()
        self._made: ort.InferenceSession | None = None

    def run(self, batch: Array) -> Array:
        """Any batch the network accepts → its first output."""
        return self.outputs(batch)[0]

    def outputs(self, batch: Array) -> list[Array]:
        """Any batch the network accepts → all it gives, in the order of the file."""
        session = self._session()
        entry = session.get_inputs()[0]
        # Some publishers' half-precision networks also want half-precision pixels.
        fed = batch.astype(np.float16) if entry.type == "tensor(float16)" else batch
        return [np.asarray(output, np.float32) for output in session.run(None, {entry.name: fed})]

    def _session(self) -> ort.InferenceSession:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        # The arena keeps memory that a run used. Without it a quarter of the watermark network's time goes to
        # getting the same pages again. A plan of its memory in advance takes more of it, and no less time.
        options.enable_mem_pattern = False
        with _SHARING:
            _share_arena()
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.log_severity_level = 3
        try:
            return ort.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises bare Exception subclasses of its own
            raise BundleError(f"{self._path.name} is not a model onnxruntime can load: {error}") from error


@cache
def _share_arena() -> None:
    """Make the one arena of all networks: on a core, they run one after the other.

    Source: https://onnxruntime.ai/docs/get-started/with-c.html#share-allocators-between-sessions
    """
    memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(memory, ort.OrtArenaCfg({"arena_extend_strategy": _AS_ASKED}))
