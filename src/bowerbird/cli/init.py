"""`bowerbird init [FILE]`: asks five questions, and writes a bowerbird.toml."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.config.questions import Question


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "init",
        help="ask five questions, and write a bowerbird.toml that `mine` reads",
        description="Asks five questions, and writes a bowerbird.toml with comments. It overwrites nothing. "
        "An option answers its question beforehand.",
    )
    parser.add_argument(
        "file",
        nargs="?",
        default="bowerbird.toml",
        metavar="FILE",
        help="what to write (default: %(default)s)",
    )
    parser.add_argument("--love", metavar="WHAT", help="a folder of pictures you love, or a bundle's name")
    parser.add_argument(
        "--place", metavar="PLACE", help="where the keepers go: a folder, or s3://bucket[/prefix]"
    )
    parser.add_argument("--stream", action="append", metavar="SPEC", help="a source to read (repeatable)")
    parser.add_argument(
        "--contact", metavar="WHO", help="whom a site may write to: you@example.org, a page, /u/NAME"
    )
    parser.add_argument("--strictness", metavar="HOW", help="strict, usual or generous")
    parser.add_argument(
        "--yes", action="store_true", help="ask nothing: take the usual answers to what is left"
    )
    parser.set_defaults(run=run, configured=False)


def run(args: argparse.Namespace) -> int:
    """Ask, write, and say what to do next."""
    from bowerbird.config.first_file import refuse_old, write_new
    from bowerbird.config.questions import answered, answers_of
    from bowerbird.config.reading import read

    path = Path(args.file).expanduser().absolute()
    refuse_old(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder; make it first")
    options = {"love": args.love, "place": args.place, "contact": args.contact, "strictness": args.strictness}
    given = {key: value for key, value in options.items() if value is not None}
    if args.stream:
        given["streams"] = ",".join(args.stream)
    told = answered(given, _usual if args.yes else _ask)
    answers, pictures = answers_of(told, path.parent)
    write_new(path, answers.text())
    read(path)
    print(f"wrote {path}")
    _say_what_is_next(path, answers.bundle, pictures)
    return 0


def _usual(question: Question) -> str:
    from bowerbird.config.settings import given

    if question.usual:
        return question.check(question.usual)
    if given(["BOWERBIRD_CONTACT", "BOWERBIRD_USER_AGENT"]):
        return ""
    raise UsageError(f"--yes cannot know this, so give --{question.key}: {question.text}")


def _ask(question: Question) -> str:
    """Ask until the answer is a good one."""
    usual = f" [{question.usual}]" if question.usual else ""
    while True:
        print(f"{question.text}{usual}: ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            print()
            raise UsageError("the answers ended early, so nothing is written; --yes takes the usual ones")
        try:
            return question.check(line.strip() or question.usual)
        except UsageError as error:
            print(f"  {error}")


def _say_what_is_next(path: Path, bundle: str, pictures: Path | None) -> None:
    from shlex import quote

    named = "" if path == Path.cwd() / "bowerbird.toml" else f" --config {quote(str(path))}"
    train = f"bowerbird train --good {quote(str(pictures))} --out {quote(bundle)}" if pictures else ""
    steps = [
        (train, "learns what you love"),
        (f"bowerbird mine{named}", "looks for more of it; Ctrl-C ends it"),
        (f"bowerbird service install{named}", "lets it run by itself"),
    ]
    print("next:", *(f"  {command}  # {does}" for command, does in steps if command), sep="\n")
