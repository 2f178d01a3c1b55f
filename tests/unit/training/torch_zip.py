"""Writes files as torch.save does, without torch: https://docs.pytorch.org/docs/stable/notes/serialization.html."""

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STORAGES = {"float32": "FloatStorage", "float16": "HalfStorage", "int64": "LongStorage"}


class Global:
    """A name in the pickle, whether or not such a thing can be imported here."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *_: object) -> object:
        """Called when the file is read, never here."""
        raise AssertionError("the name was called")


class Call:
    """Pickled as a call of `what` with `arguments`; `state` is set afterwards."""

    def __init__(self, what: Global, *arguments: object, state: Mapping[str, object] | None = None) -> None:
        self.parts = (what, arguments) if state is None else (what, arguments, dict(state))

    def __reduce__(self) -> tuple[Any, ...]:
        """As pickle wants it."""
        return self.parts


class Stored:
    """The numbers of a tensor, in an entry of their own."""

    def __init__(self, key: str, values: NDArray[Any]) -> None:
        self.key, self.values = key, values


class _Pickler(pickle._Pickler):  # type: ignore[misc, name-defined]  # noqa: SLF001 - the one in C cannot be told names
    def persistent_id(self, obj: object) -> object:
        if isinstance(obj, Stored):
            kind = Global("torch", _STORAGES[obj.values.dtype.name])
            return ("storage", kind, obj.key, "cpu", obj.values.size)
        return None

    def save(self, obj: object, save_persistent_id: bool = True) -> None:
        if isinstance(obj, Global):
            self.write(b"c" + f"{obj.module}\n{obj.name}\n".encode())
        else:
            super().save(obj, save_persistent_id)


def tensor(
    key: str,
    values: NDArray[Any],
    *,
    size: tuple[int, ...] | None = None,
    stride: tuple[int, ...] | None = None,
) -> Call:
    """Like a tensor of these values; with `size` and `stride`, it says to have this shape and these steps."""
    steps = stride or tuple(each // values.itemsize for each in values.strides)
    rebuild = Global("torch._utils", "_rebuild_tensor_v2")
    return Call(rebuild, Stored(key, values), 0, size or values.shape, steps, 0, OrderedDict())


def write(
    path: Path, tensors: Mapping[str, NDArray[Any]], shape: Callable[[dict[str, Call]], object]
) -> None:
    """Write tensors, arranged by `shape` as a state dict, a checkpoint or a model."""
    calls = {name: tensor(str(index), values) for index, (name, values) in enumerate(tensors.items())}
    body = io.BytesIO()
    _Pickler(body, 2).dump(shape(calls))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", body.getvalue())
        archive.writestr("model/byteorder", "little")
        for index, values in enumerate(tensors.values()):
            archive.writestr(f"model/data/{index}", np.ascontiguousarray(values).tobytes())
