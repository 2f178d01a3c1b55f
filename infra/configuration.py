"""Makes docs/configuration.md of the schema: `make docs`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic.fields import FieldInfo

from bowerbird.config.first_file import Answers
from bowerbird.config.schema import TOP, Config, variable
from bowerbird.config.table import Table

_HEAD: Final = """\
# Configuration

`bowerbird.toml` says what an installation at home does. `bowerbird init` asks five questions and writes
one; then `bowerbird mine` needs no options. This page is made from `src/bowerbird/config/`: change that,
then run `make docs`.

Bowerbird reads the file that `--config FILE` names, or `bowerbird.toml` in the folder that you are in, or
`bowerbird/bowerbird.toml` in `$XDG_CONFIG_HOME` (`~/.config`). Paths in the file start at the file's own
folder. An unknown key is refused, with its line and the key that you may have meant.

**What comes first**: an option of the command, then the environment, then `.env`, then the file, then what
is usual. `--source` takes the place of all streams, and `--out` that of all tastes; other options change
each of them. A run that names its own `--source` crawls once, unless `--every` says otherwise.

**Secrets** do not belong into the file. A file `.env` beside it may hold them, one `NAME=value` a line;
only names that begin with `BOWERBIRD_` or `AWS_` are read. Each variable `BOWERBIRD_NAME` can also stand in
a file of its own that `BOWERBIRD_NAME_FILE` names, as Docker's and systemd's secrets do:
`BOWERBIRD_REDDIT_CLIENT_SECRET_FILE`, `BOWERBIRD_SCENERY_PASSWORD_FILE`.

**Several tastes** share one crawl and one queue. Each picture is fetched, decoded and embedded once (once
for each encoder), and every taste decides for itself, in its own place. A picture is done when all tastes
have decided; what a killed run left open, the next run decides, and nothing else. All tastes decode at the
size that the most demanding of their models needs, so the scores of a taste may differ in the last digits
from those of a run of its own where their models need different sizes.
"""


def page() -> str:
    """Make the whole page."""
    example = Answers("lite", "~/Pictures/bowerbird", ("bluesky", "lemmy:lemmy.world"), "you@example.org")
    parts = [_HEAD, *(_section(table) for table in _tables()), _example(example.text())]
    return "\n".join(parts)


def _tables() -> Iterator[type[Table]]:
    yield Config
    for field in Config.model_fields.values():
        found = _table(field)
        if found:
            yield found


def _table(field: FieldInfo) -> type[Table] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((each for each in kinds if isinstance(each, type) and issubclass(each, Table)), None)


def _section(table: type[Table]) -> str:
    about = inspect.cleandoc(table.__doc__ or "")
    top = table is Config
    head = ("key", "what it says", "usual", "as in", *(["variable"] if top else []))
    keys = TOP if top else tuple(table.model_fields)
    rows = [_row(key, table.model_fields[key], top=top) for key in keys]
    lines = [head, ("---",) * len(head), *rows]
    title = f"`{table.header}`" if table.header else "The top of the file"
    return f"## {title}\n\n{about}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(key: str, field: FieldInfo, *, top: bool) -> tuple[str, ...]:
    usual = "needed" if field.is_required() else _shown(field.default)
    example = f"`{key} = {_toml(field.examples[0])}`" if field.examples else ""
    more = (f"`{variable(key)}`",) if top else ()
    return (f"`{key}`", str(field.description).replace("|", "&#124;"), usual, example, *more)


def _shown(value: Any) -> str:
    return "" if value in (None, "", ()) else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _example(text: str) -> str:
    return f"## The file that `init` writes\n\n```toml\n{text}```\n"
