"""Lists the played hosts' answers, URL by URL. `compose` writes this table, and the server reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from bowerbird.demo.served_pictures import Picture

HOUR: Final = Path(__file__).parent / "hour"


@dataclass(frozen=True, slots=True)
class Answer:
    """One URL's answer: a picture, a page or a redirect, and how the host misbehaves on the way.

    A `busy` host answers 429 to the first request. The host waits `delay_s` seconds before it answers. `cut`
    breaks the first transfer in the middle (`transfer`), or serves half a file as if it were whole (`file`).
    """

    picture: Picture | None = None
    page: str = ""
    location: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    busy: bool = False
    delay_s: float = 0.0
    cut: Literal["", "transfer", "file"] = ""


#: Byline host, path and query, without the scheme: `i.redd.it/abc.jpg`.
Answers = dict[str, Answer]

_ADAPTER: Final = TypeAdapter(Answers)


def read_answers(path: Path) -> Answers:
    """Read the table."""
    return _ADAPTER.validate_json(path.read_bytes())


def answers_json(answers: Answers) -> str:
    """Write the table as text, one URL a line, so that a change of one is one line of a diff."""
    rows = _ADAPTER.dump_python(answers, mode="json", exclude_defaults=True)
    lines = (f"{json.dumps(url)}: {json.dumps(rows[url], ensure_ascii=False)}" for url in sorted(rows))
    return "{\n" + ",\n".join(lines) + "\n}\n"
