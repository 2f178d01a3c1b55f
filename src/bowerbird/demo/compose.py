"""Composes the recorded hour: every kind of post that r/all has, in the API's own shapes.

`python -m bowerbird.demo.compose` writes `hour/` again, with the same bytes; a test checks that. Titles,
names and ids are invented. `photographs/ATTRIBUTION.md` names the photographs' authors.
"""

from __future__ import annotations

import json

from bowerbird.demo.host_answers import HOUR, answers_json
from bowerbird.demo.hour import RecordedHour
from bowerbird.demo.scenes import linked, on_reddit, turned_down


def compose() -> RecordedHour:
    """Compose the whole hour, oldest post first."""
    hour = RecordedHour()
    on_reddit.scenery(hour)
    on_reddit.everything_else(hour)
    on_reddit.galleries(hour)
    linked.imgur(hour)
    linked.flickr(hour)
    linked.elsewhere(hour)
    turned_down.skipped(hour)
    turned_down.broken(hour)
    return hour


def files() -> dict[str, str]:
    """Make the files of `hour/`, by name. Posts are newest first, as in a listing."""
    hour = compose()
    lines = (json.dumps(post, ensure_ascii=False, separators=(",", ":")) for post in reversed(hour.posts))
    return {
        "hour.jsonl": "".join(f"{line}\n" for line in lines),
        "answers.json": answers_json(hour.answers),
        "expected.json": json.dumps(hour.expected, indent=1) + "\n",
    }


if __name__ == "__main__":
    HOUR.mkdir(exist_ok=True)
    for name, text in files().items():
        (HOUR / name).write_text(text, encoding="utf-8")
