"""Reads the arrays of an .npz that a stranger may have packed: each is weighed before it is unpacked.

4 MB of packed zeros are a gigabyte. An .npz is a zip of .npy files. Each of those says its type and shape in
its first bytes, so its size is known before the rest is read:
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from numpy.lib import format as npy
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

#: More pictures than this no density compares with: training keeps 4,000, and a background 4,096.
MOST_ROWS: Final = 16_384
#: For what does not grow with the encoder: samples of scores, names, a licence's text.
SLACK_BYTES: Final = 8 * 1024 * 1024

_MOST_ARRAYS: Final = 256
# Numbers and texts. Objects would have to be unpickled, and structures are nothing that a model stores.
_KINDS: Final = "fiuU"
_HEADERS: Final[Mapping[tuple[int, int], Callable[[IO[bytes]], tuple[tuple[int, ...], bool, Any]]]] = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}
#: What reading raises, and what using damaged arrays does.
DAMAGED: Final = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,
    SyntaxError,
    MemoryError,
    RuntimeError,  # a zip that wants a password, a packing of which zipfile knows nothing
)


def most_bytes(dim: int, rows: int = MOST_ROWS) -> int:
    """Return how large one array may be that belongs to an encoder of `dim` numbers: float32, (rows, dim)."""
    return 4 * rows * dim + SLACK_BYTES


def read(path: Path, each: int) -> Arrays:
    """Read all arrays of a file. One may unpack to `each` bytes, all together to twice that.

    Raises:
        One of DAMAGED: the file is too large, is no such archive, or holds something else. Nothing of it was
            unpacked if an array, or all together, would be too large.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > _MOST_ARRAYS:
            raise ValueError(f"it holds {len(members)} arrays, where {_MOST_ARRAYS} are allowed")
        total = 0
        for member in members:
            with archive.open(member) as file:
                size = _declared(member, file)
            if size > each:
                raise ValueError(f"{member.filename} would take {size} bytes, where {each} are allowed")
            total += size
        if total > 2 * each:
            raise ValueError(f"its arrays would take {total} bytes, where {2 * each} are allowed")
        return {member.filename.removesuffix(".npy"): _read(archive, member) for member in members}


def _declared(member: zipfile.ZipInfo, file: IO[bytes]) -> int:
    """Return the bytes that an array takes, by its own first bytes; they must be what the archive says."""
    version = npy.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"{member.filename} is of version {version}, which no model uses")
    shape, _, dtype = _HEADERS[version](file)
    if dtype.kind not in _KINDS:
        raise ValueError(f"{member.filename} holds {dtype}: objects are never loaded, only numbers and texts")
    if min(shape, default=0) < 0:
        raise ValueError(f"{member.filename} has the shape {shape}")
    size = math.prod(shape) * int(dtype.itemsize)
    if file.tell() + size != member.file_size:
        raise ValueError(f"{member.filename} says it has {size} bytes, its archive says otherwise")
    return size


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as file:
        array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
        file.read(1)  # the end, where zipfile compares the checksum
        return array
