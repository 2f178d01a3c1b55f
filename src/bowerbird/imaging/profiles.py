"""Writes ICC profiles for colours that a file describes by numbers."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np

from bowerbird.imaging.containers.shell import Chromaticities
from bowerbird.imaging.icc import HEADER, TAG
from bowerbird.imaging.transfer import to_xyz

_D50: Final = (0.9642, 1.0, 0.8249)
# Bradford's cones: how white that looks white moves from one light to another (ICC.1:2022, annex E).
_CONES: Final = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_TYPES: Final = {1: 0, 5: 3}  # ICC's number of the curve by how many numbers it has


def written(chromaticities: Chromaticities, curve: Sequence[float]) -> bytes | None:
    """Write a profile of primaries and a curve: gamma alone, or g, a, b, c and d.

    None: the primaries lie on a line, or no profile holds these numbers.
    """
    try:
        return _written(chromaticities, curve)
    except (np.linalg.LinAlgError, struct.error):
        return None


def _written(chromaticities: Chromaticities, curve: Sequence[float]) -> bytes:
    columns = to_xyz(chromaticities)
    seen, wanted = _CONES @ columns.sum(1), _CONES @ np.array(_D50)
    columns = np.linalg.inv(_CONES) @ np.diag(wanted / seen) @ _CONES @ columns
    bend = b"para" + struct.pack(">IHH", 0, _TYPES[len(curve)], 0) + _fixed(curve)
    tags = {b"wtpt": _xyz(_D50), b"rTRC": bend, b"gTRC": bend, b"bTRC": bend}
    tags |= {name: _xyz(columns[:, at]) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += TAG.pack(name, HEADER + 4 + len(tags) * TAG.size + len(body), len(data))
        body += data
    size = HEADER + len(table) + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return (head + _fixed(_D50)).ljust(HEADER, b"\0") + table + body


def _fixed(values: Sequence[float] | np.ndarray) -> bytes:
    return b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def _xyz(values: Sequence[float] | np.ndarray) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)
