"""What the documents point to is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bowerbird import __version__

ROOT = Path(__file__).parents[2]
# Environments and builds lie elsewhere, and have documents of other people.
PLACES = ("*.md", ".github/**/*.md", "docs/**/*.md", "layers/**/*.md", "src/**/*.md")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
_NAMED = re.compile(
    r"(?<![\w./-])"
    r"((?:src|tests)/[\w./-]*\w|(?:docs|layers|infra|functions|benchmarks|requirements)/[\w./-]+\.[a-z]+)\b"
)


_STANDS_FOR_ONE = re.compile(r"/[A-Z]+(\.py|/|$)")  # hosts/NAME.py

DOCUMENTS = sorted(path for place in PLACES for path in ROOT.glob(place))


def prose(path: Path) -> str:
    """A document without its fenced examples."""
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> frozenset[str]:
    """Its headings, as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def lost(path: Path) -> list[str]:
    """Relative links of a document that lead nowhere."""
    found = []
    for link in _LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def identifier(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_documents_are_found() -> None:
    assert {"README.md", "docs/architecture.md", "layers/models/README.md"} <= set(map(identifier, DOCUMENTS))


@pytest.mark.parametrize("path", DOCUMENTS, ids=identifier)
def test_relative_links_lead_somewhere(path: Path) -> None:
    assert lost(path) == []


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=identifier)
def test_files_that_are_named_are_there(path: Path) -> None:
    named = [
        name for name in _NAMED.findall(path.read_text(encoding="utf-8")) if not _STANDS_FOR_ONE.search(name)
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n[a](none.md) [b](page.md#one-thing) [c](#another) [d](https://example.org/none.md)\n"
        "```\n[e](in-an-example.md)\n```\n",
        encoding="utf-8",
    )
    assert lost(page) == ["none.md", "#another"]


def test_the_runbooks_that_alarms_name_are_there() -> None:
    named = re.findall(r"docs/deploy\.md#([\w-]+)", (ROOT / "template.yaml").read_text(encoding="utf-8"))
    assert named
    assert set(named) <= anchors(ROOT / "docs/deploy.md")


def test_readme_lists_every_command() -> None:
    rows = [
        line.split("|")[1]
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `bowerbird")
    ]
    listed = {
        span.removeprefix("bowerbird ").split()[0] for row in rows for span in re.findall("`([^`]+)`", row)
    }
    files = {path.stem for path in (ROOT / "src/bowerbird/cli").glob("*.py")}
    assert listed == files - {"__init__", "main"}


def test_the_changelog_knows_the_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d{{2}}-\d{{2}}$", changes, re.MULTILINE)


def test_the_changelog_says_nothing_twice() -> None:
    # Branches are merged line by line, so an entry that both moved would stand there twice.
    entries = re.split(r"\n(?=- |#|\n)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    said = [entry.strip() for entry in entries if entry.strip().startswith("- ")]
    assert sorted(said) == sorted(set(said))
