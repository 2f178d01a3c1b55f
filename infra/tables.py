"""Writes the tables of hosts.md, sources.md and deliver.md. What goes in, each host's own file says.

    make docs

A table stands between two comments that name it. People write what is around them by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from bowerbird.crawl import hosts, sources
from bowerbird.deliver.galleries import gallery_specs
from bowerbird.net.limiter import Limit
from bowerbird.notify.channels import channel_specs

FOLDER: Final = Path(__file__).parents[1] / "docs"
_SPANS: Final = {1: "a second", 60: "a minute", 3600: "an hour"}


def host_rules() -> str:
    """Make a row for each rule, in the order Bowerbird asks them."""
    found = hosts.Hosts.found()
    facts = [(rule.host, found.facts[rule.host]) for rule in found.rules]
    return _table(
        ("rule", "links it knows", "where the best original comes from", "asks", "your key"),
        ((f"`{name}`", it.links, it.original, it.asks, _variable(it.key)) for name, it in facts),
    )


def host_limits() -> str:
    """Make a row for each limit that hosts publish."""
    return _limits(hosts.limits())


def source_specs() -> str:
    """Make a row for each source. Sources that read files come last."""
    specs = sorted(sources.source_specs().values(), key=lambda spec: (spec.order == "file", spec.name))
    return _table(
        ("SPEC", "what it reads", "needs", "pictures a day", "order", "what it cannot know"),
        ((f"`{it.form}`", it.reads, it.needs, it.a_day, it.order, it.unknown) for it in specs),
    )


def source_limits() -> str:
    """Make a row for each limit that sources publish."""
    return _limits(sources.limits())


def galleries() -> str:
    """Make a row for each gallery."""
    return _table(
        ("`--to`", "what it gets beside the picture", "how it tells a picture that it has", "settings"),
        ((f"`{it.form}`", it.takes, it.again, _settings(it.variables)) for it in gallery_specs().values()),
    )


def channels() -> str:
    """Make a row for each way to tell somebody."""
    return _table(
        ("`to`", "settings"),
        ((f"`{it.form}`", _settings(it.variables)) for it in channel_specs().values()),
    )


#: The tables of each page by the name that their comments have.
TABLES: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "hosts.md": {"rules": host_rules, "limits": host_limits},
    "sources.md": {"sources": source_specs, "limits": source_limits},
    "deliver.md": {"galleries": galleries, "channels": channels},
}


def renewed(page: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """Make the page with each of its tables anew.

    Raises:
        ValueError: the page has no place for one of the tables.
    """
    for name, make in tables.items():
        before, begin, rest = page.partition(f"<!-- table: {name}, by `make docs` -->\n")
        _, end, after = rest.partition("<!-- end of table -->")
        if not end:
            raise ValueError(f"the page has no place for the table {name!r}")
        page = f"{before}{begin}{make()}{end}{after}"
    return page


def renew_all() -> None:
    """Write every table."""
    for name, tables in TABLES.items():
        path = FOLDER / name
        path.write_text(renewed(path.read_text(encoding="utf-8"), tables), encoding="utf-8")


def _limits(limits: Mapping[str, Limit]) -> str:
    names: dict[Limit, list[str]] = defaultdict(list)
    for name, limit in limits.items():
        names[limit].append(f"`{name}`")
    rows = ((", ".join(sorted(names[limit])), _rate(limit), str(limit.concurrency)) for limit in names)
    return _table(("host", "requests", "at once"), sorted(rows))


def _rate(limit: Limit) -> str:
    return f"{limit.requests} {_SPANS.get(int(limit.window_s), f'in {limit.window_s:.0f} s')}"


def _settings(variables: Mapping[str, str]) -> str:
    return "; ".join(f"`{name}`: {what}" for name, what in variables.items())


def _variable(key: str) -> str:
    return f"`BOWERBIRD_{key.upper()}`" if key else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
