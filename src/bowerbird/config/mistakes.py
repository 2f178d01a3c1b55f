"""Puts what is wrong in `bowerbird.toml` into words: the line, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Self, get_args

from pydantic import ValidationError

from bowerbird.config.schema import TOP, Config, variable
from bowerbird.config.table import Table
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.deliver.settings import GallerySettings

_TABLE: Final = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_KEY: Final = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_AT: Final = re.compile(r" \(at line (\d+), column (\d+)\)$|\(at end of document\)$")
_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": 'text in quotes, as in "this"',
    "tuple": 'a list, as in ["this", "that"]',
    "model": "a table",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and in which line, where that is known."""

    words: str
    line: int | None = None

    def at(self, path: Path) -> str:
        """The whole message."""
        return f"{path}, line {self.line}: {self.words}" if self.line else f"{path}: {self.words}"

    @classmethod
    def of_toml(cls, error: str) -> Self:
        """Of a file that is no TOML, as `tomllib` says it."""
        found = _AT.search(error)
        line = int(found[1]) if found and found[1] else None
        words = _AT.sub("", error).strip()
        return cls(f"this cannot be read: {words[:1].lower()}{words[1:]} (texts stand in quotes)", line)


def told(error: ValidationError, path: Path, text: str, overridden: Collection[str]) -> str:
    """The first mistake, and how many more there are."""
    first, *more = error.errors(include_url=False)
    where = first["loc"]
    rest = f" ({len(more)} more after this)" if more else ""
    if where and where[0] in TOP and variable(str(where[0])) in overridden:
        return f"{variable(str(where[0]))}: {_words(first)}{rest}"
    return Mistake(_words(first) + rest, line_of(text, where)).at(path)


def line_of(text: str, where: tuple[int | str, ...]) -> int | None:
    """The line, from 1, of a key such as `("taste", 1, "bundle")`; of its table when the key is missing."""
    names = [part for part in where if isinstance(part, str)]
    if not names:
        return None
    index = next((part for part in where if isinstance(part, int)), 0)
    key = (names[0], index, names[1]) if len(names) > 1 else ("", 0, names[0])
    lines = {here: number for number, here in reversed(list(_walk(text)))}
    return lines.get(key) or lines.get((names[0], index, None)) or lines.get(("", 0, names[0]))


def _walk(text: str) -> Iterator[tuple[int, tuple[str, int, str | None]]]:
    """Each line that has a table's name or a key: its number, the table, the how-manieth of it, the key."""
    table, counts = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = header[2]
            counts[table] = counts.get(table, -1) + 1
            yield number, (table, counts[table], None)
        elif key := _KEY.match(line):
            yield number, (table, counts.get(table, 0), key[1])


def _words(error: Mapping[str, Any]) -> str:
    where, kind = error["loc"], error["type"]
    names = [str(part) for part in where if isinstance(part, str)]
    table = _table(names[:-1])
    key = names[-1] if names else ""
    if kind == "extra_forbidden":
        return _unknown(key, table)
    if kind == "missing":
        return f"{table.header} needs a {key!r}, as in {_example(table, key)}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in {"tuple_type", "model_type"} and key in {"stream", "taste", "deliver", "notify"}:
        return f"write [[{key}]] with two brackets, once for each"
    wanted = next((words for name, words in _KINDS.items() if kind.startswith(name)), None)
    if wanted:
        return f"{key!r} is {wanted}, not {error['input']!r}"
    return f"{key!r}: {error['msg'][:1].lower()}{error['msg'][1:]}, not {error['input']!r}"


def _table(names: list[str]) -> type[Table]:
    """The table that these names lead to, from the top of the file."""
    table: type[Table] = Config
    for name in names:
        field = table.model_fields.get(name)
        inner = field.annotation if field else None
        found = next((each for each in (inner, *get_args(inner)) if _is_table(each)), None)
        if found is None:
            break
        table = found
    return table


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Table)


def _unknown(key: str, table: type[Table]) -> str:
    where = table.header or "the top of the file"
    if table is not Config and key in TOP:
        return f"{key!r} belongs to the top of the file, before the first line in brackets"
    if key in CrawlSettings.model_fields or key in GallerySettings.model_fields:
        return f"{key!r} does not stand here: set {variable(key)} in a file .env beside this one"
    known = list(table.model_fields)
    near = get_close_matches(key.casefold(), known, n=1)
    home = next((other.header for other in _tables() if key in other.model_fields), None)
    if near:
        hint = f"did you mean {near[0]!r}?"
    else:
        hint = f"it belongs to {home}" if home else f"it knows {', '.join(known)}"
    return f"there is no {key!r} in {where}; {hint}"


def _tables() -> Iterator[type[Table]]:
    return (_table([name]) for name in Config.model_fields if name not in TOP)


def _example(table: type[Table], key: str) -> str:
    (example,) = table.model_fields[key].examples or ("…",)
    return f'{key} = "{example}"'
