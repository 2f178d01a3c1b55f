"""What a bundle is written with."""

from __future__ import annotations

from bowerbird.training import write


def test_a_bundle_may_note_watermarks_or_not_look_for_them() -> None:
    taken = write.networks("lite")
    assert taken.watermark is not None
    assert write.with_marks(taken, "reject") == taken
    off = write.with_marks(taken, "off")
    assert off.watermark is None
    assert {file.file for file in taken.artifacts} - {file.file for file in off.artifacts} == {
        taken.watermark.artifact.file
    }
    note = write.with_marks(taken, "note").watermark
    assert note is not None
    assert (note.artifact, note.threshold.value > 1) == (taken.watermark.artifact, True)
    assert write.with_marks(off, "note") == off
