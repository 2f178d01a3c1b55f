"""Reads the tensors of a PyTorch file without PyTorch.

Such a file is a zip: one pickle that names tensors, and the numbers of each storage in an entry of its own.
Nothing of the pickle is run. A name in it that is no part of a tensor becomes an inert object.
https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
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
            found = _tensors(_Unpickler(archive).load(), "")
    except (OSError, EOFError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise BundleError(f"{path} is no PyTorch file that can be read here: {error}") from error
    except (zipfile.BadZipFile, pickle.UnpicklingError, RecursionError) as error:
        raise BundleError(f"{path} is no PyTorch file that can be read here: {error}") from error
    return {_plain(name): value for name, value in found.items()}


class _Unpickler(pickle.Unpickler):
    """Knows what a tensor is made of, and nothing else."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        (name,) = [each for each in archive.namelist() if each.count("/") == 1 and each.endswith("/data.pkl")]
        super().__init__(io.BytesIO(archive.read(name)))
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
            data = self._archive.read(f"{self._folder}data/{key}")
            self._known[key] = np.frombuffer(data, _TYPES[storage.kind])
        return self._known[key]


def _tensor(
    storage: NDArray[Any], offset: int, size: Sequence[int], stride: Sequence[int], *_: object
) -> NDArray[Any]:
    """Make a tensor from its storage; one that reaches beyond it is refused."""
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if min((offset, *size, *stride), default=0) < 0 or (all(size) and last >= len(storage)):
        raise ValueError("a tensor reaches beyond its numbers")
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()


def _tensors(value: object, prefix: str) -> Tensors:
    if isinstance(value, np.ndarray):
        return {prefix.rstrip("."): value}
    if isinstance(value, dict):
        for wrapper in _WRAPPERS:
            if isinstance(value.get(wrapper), dict | Inert):
                return _tensors(value[wrapper], prefix)
        items: dict[object, object] = value
    else:
        own = getattr(value, "__dict__", {})
        items = {}
        for kind in ("_parameters", "_buffers", "_modules"):
            items |= own.get(kind) or {}
    found: Tensors = {}
    for name, item in items.items():
        found |= _tensors(item, f"{prefix}{name}.")
    return found


def _plain(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name
