"""What goes, and that what is needed stays; tests/e2e/cloud then runs what was trimmed."""

from __future__ import annotations

from pathlib import Path

from infra.sam.trim import trim

STAYS = {
    "onnxruntime/capi/onnxruntime_pybind11_state.so",
    "numpy/_core/_multiarray_umath.so",
    "numpy/testing/__init__.py",
    "PIL/tests.py",
}
GOES = {
    "onnxruntime/capi/libonnxruntime.so.1.32.0",
    "onnxruntime/transformers/models/a.py",
    "numpy/f2py/a.c",
    "numpy/_core/tests/data/a",
    "numpy/_core/_internal.pyi",
}


def test_only_what_nothing_imports_goes(tmp_path: Path) -> None:
    for name in STAYS | GOES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
    assert trim(tmp_path) == 5 * len(GOES)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == STAYS
    assert trim(tmp_path) == 0
