"""What learns while a label page is open. The libraries of training load in the background."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.core.extras import told_if_missing
from bowerbird.review.label.lessons import Lessons
from bowerbird.review.label.session import LabelSession

if TYPE_CHECKING:
    from bowerbird.training.teacher import Teacher


def teaching(session: LabelSession, *, place: str, cache: Path, bundle: str | None = None) -> Lessons:
    """Make the lessons of a session: they correct `bundle`, or the one that decided most of the place."""
    wanted = bundle or session.bundles[0].partition("@")[0]

    def find() -> Teacher:
        with told_if_missing():
            # scikit-learn takes seconds to import, and `serve` may run without it.
            from bowerbird.training.teacher import open_teacher  # noqa: PLC0415

            return open_teacher(wanted, cache)

    start = [] if wanted == "lite" else ["--encoder", wanted]
    out = "taste" if Path(wanted).name != "taste" else "taste-2"
    command = ["bowerbird", "train", "--feedback", place, *start, "--out", out]
    return Lessons(session, find, shlex.join(command))
