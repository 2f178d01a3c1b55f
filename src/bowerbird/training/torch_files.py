"""Reads the tensors of a PyTorch file without PyTorch.

Such a file is a zip: one pickle that names tensors, and the numbers of each storage in an entry of its own.
Nothing of the pickle is run. A name in it that is no part of a tensor becomes an inert object. PyTorch packs
nothing, so what is read is never larger than the file.
https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import io
import itertools
import math
import pickle
import pickletools
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError

Tensors = dict[str, NDArray[Any]]

_TYPES: Final[Mapping[str, str]] = {"FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8"}
# A checkpoint may wrap the tensors it holds. These names are no part of the tensors' names.
_WRAPPERS: Final = ("state_dict", "model", "model_state_dict")
_PREFIXES: Final = ("module.", "_orig_mod.")
# The pickles of the published networks have 0.2 MB at most, and name a few hundred things.
_MOST_PICKLE_BYTES: Final = 16 * 1024 * 1024
_MOST_NAMES: Final = 100_000
_PLACES: Final = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_DAMAGED: Final = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,  # among them endless nesting, and a zip that wants a password
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
    pickle.UnpicklingError,
)


class Inert:
    """Stands for any object of a pickled model: keeps its attributes, and runs none of its code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Take and forget what the object would have been made of."""
        del args, kwargs

    def __setstate__(self, state: object) -> None:
        """Keep the attributes."""
        if isinstance(state, dict):
            self.__dict__.update(state)

    def __setitem__(self, key: object, value: object) -> None:
        """Forget an item of what was a mapping."""

    def append(self, item: object) -> None:
        """Forget an item of what was a list."""


@dataclass(frozen=True, slots=True)
class _Storage:
    kind: str


def read(path: Path) -> Tensors:
    """Give the tensors of a file by name, whether it holds a state dict or a whole pickled model.

    Raises:
        BundleError: it is no such file, or one of before PyTorch 1.6, or it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = dict(_tensors(_Unpickler(archive).load(), "", itertools.count()))
    except _DAMAGED as error:
        raise BundleError(f"{path} is no PyTorch file that can be read here: {error}") from error
    return {_plain(name): value for name, value in found.items()}


class _Unpickler(pickle.Unpickler):
    """Knows what a tensor is made of, and nothing else."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        (name,) = [each for each in archive.namelist() if each.count("/") == 1 and each.endswith("/data.pkl")]
        super().__init__(io.BytesIO(_weighed(_entry(archive, name))))
        self._archive, self._folder = archive, name.removesuffix("data.pkl")
        self._known: dict[str, NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _TYPES:
            return _Storage(name)
        parts = {
            "torch._utils._rebuild_tensor_v2": _tensor,
            "torch._utils._rebuild_parameter": lambda data, *_: data,
            "collections.OrderedDict": OrderedDict,
        }
        return parts.get(f"{module}.{name}", Inert)

    def persistent_load(self, saved: Any) -> NDArray[Any]:
        _, storage, key, *_ = saved
        if key not in self._known:
            data = _entry(self._archive, f"{self._folder}data/{key}")
            self._known[key] = np.frombuffer(data, _TYPES[storage.kind])
        return self._known[key]


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is packed, and PyTorch packs nothing")
    return archive.read(name)


def _weighed(pickled: bytes) -> bytes:
    """Return a pickle that asks for no more memory than it has bytes. Its places could be any numbers."""
    if len(pickled) > _MOST_PICKLE_BYTES:
        raise ValueError(f"its pickle has {len(pickled)} bytes, where {_MOST_PICKLE_BYTES} are allowed")
    for code, value, _ in pickletools.genops(pickled):
        if code.name in _PLACES and not 0 <= int(value or 0) <= len(pickled):
            raise ValueError(f"its pickle has a place {value}")
    return pickled


def _tensor(
    storage: NDArray[Any], offset: int, size: Sequence[int], stride: Sequence[int], *_: object
) -> NDArray[Any]:
    """Make a tensor from its storage; one that reaches beyond it, or repeats its numbers, is refused."""
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if min((offset, *size, *stride), default=0) < 0 or (all(size) and last >= len(storage)):
        raise ValueError("a tensor reaches beyond its numbers")
    if math.prod(size) > len(storage):
        raise ValueError("a tensor is larger than its numbers")
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()


def _tensors(value: object, prefix: str, seen: Iterator[int]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the tensors below an object by name. `seen` counts: few objects may stand in many places."""
    if next(seen) > _MOST_NAMES:
        raise ValueError(f"it names more than {_MOST_NAMES} things")
    if isinstance(value, np.ndarray):
        yield prefix.rstrip("."), value
        return
    if isinstance(value, dict):
        for wrapper in _WRAPPERS:
            if isinstance(value.get(wrapper), dict | Inert):
                yield from _tensors(value[wrapper], prefix, seen)
                return
        items: dict[object, object] = value
    else:
        own = getattr(value, "__dict__", {})
        items = {}
        for kind in ("_parameters", "_buffers", "_modules"):
            items |= own.get(kind) or {}
    for name, item in items.items():
        yield from _tensors(item, f"{prefix}{name}.", seen)


def _plain(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name
