"""Reads a command line, and names what a mistyped command, option or value may have been meant to be."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NoReturn

from bowerbird.adapters.terminal.lines import shown

if TYPE_CHECKING:  # generic for the checker alone
    _SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no other name
else:
    _SubParsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name

_CHOICE: Final = re.compile(r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", re.DOTALL)
#: What argparse says, and how we say it.
_SAID: Final = (
    (r"the following arguments are required: (.*)", r"\1 is missing"),
    (r"argument (.*): expected (?:one|at least one) argument", r"\1 needs a value"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 does not go with \2"),
    (r"argument (.*): invalid int value: (.*)", r"\1: a whole number, not \2"),
    (r"argument (.*?): (.*)", r"\1: \2"),
)


class Commands(_SubParsers):
    """The commands of a program: what the list of them says of one, its own help says, too."""

    def add_parser(self, name: str, **more: Any) -> argparse.ArgumentParser:
        """Add a command."""
        told = str(more.get("help", ""))
        more.setdefault("description", f"{told[:1].upper()}{told[1:]}." if told else None)
        return super().add_parser(name, **more)


class Parser(argparse.ArgumentParser):
    """Say in one line what is wrong with the words given, with a suggestion; exit status 2.

    The parser of a subcommand is of this class too.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse words that this parser does not know, here, where the options of the command are known."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Say it, and where to read more, in place of all options."""
        told = _choice(message) or _said(message)
        self.exit(2, shown(f"{self.prog}: {told} (`{self.prog} --help` tells more)") + "\n")

    def _unknown(self, words: list[str]) -> str:
        options = [word for word in words if word.startswith("-")]
        if not options:
            return f"there is no use for {' '.join(words)!r} here"
        given = options[0].partition("=")[0]
        return f"there is no option {given}{_suggested(given, self._option_string_actions)}"


def _said(message: str) -> str:
    found = ((re.fullmatch(said, message, re.DOTALL), ours) for said, ours in _SAID)
    return next((match.expand(ours) for match, ours in found if match), message)


def _choice(message: str) -> str:
    match = _CHOICE.fullmatch(message)
    if match is None:
        return ""
    name, given, known = match[1], match[2].strip("'\""), re.findall(r"[^\s,'\"]+", match[3])
    suggested = _suggested(given, known)
    if name in {"COMMAND", "ACTION"}:
        return f"there is no command {given}{suggested}"
    return f"{name} is one of {', '.join(known)}, not {given}{suggested}"


def _suggested(given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, known, n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""
