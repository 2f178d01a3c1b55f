"""Removes from installed packages what nothing uses at run time, so that larger bundles fit Lambda.

Usage: python trim.py FOLDER

FOLDER holds the packages, as pip's --target does. This needs nothing but Python: the image's build runs it
too.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

UNUSED: Final = (
    "onnxruntime/capi/libonnxruntime.so*",  # for programs in C; Python's module carries a copy of its own
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "numpy/f2py",
    "numpy/_core/include",
    "numpy/typing/tests",
    "numpy/tests",
    "numpy/*/tests",
    "numpy/**/*.pyi",
)


def trim(folder: Path) -> int:
    """Remove what nothing imports; returns the bytes that are gone."""
    before = _size(folder)
    for pattern in UNUSED:
        for path in list(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return before - _size(folder)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    print(f"{trim(Path(sys.argv[1])) / 1e6:.1f} MB that nothing imports were removed")
