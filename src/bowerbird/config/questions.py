"""The five questions of `bowerbird init`, and what makes a good answer to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.config.first_file import STRICTNESS, Answers
from bowerbird.core.errors import UsageError
from bowerbird.crawl.sources import source_specs
from bowerbird.models.bundle import find
from bowerbird.models.manifest import FILE_NAME
from bowerbird.net.user_agent import names_contact

Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, what an empty answer means, and a check that returns the answer as it is kept."""

    key: str
    text: str
    usual: str
    check: Check


def _love(answer: str) -> str:
    folder = Path(answer).expanduser()
    if folder.is_dir() and not (folder / FILE_NAME).is_file():
        return str(folder.resolve())
    return answer if find(str(folder)).name == answer else str(find(str(folder)).resolve())


def _place(answer: str) -> str:
    if answer.startswith("s3://"):
        return answer
    if "://" in answer:
        raise UsageError(f"{answer}: a place is a folder or s3://bucket[/prefix]")
    path = Path(answer).expanduser()
    if path.exists() and not path.is_dir():
        raise UsageError(f"{answer} is a file: name a folder")
    return answer if answer.startswith("~") else str(path.absolute())


def _streams(answer: str) -> str:
    specs = source_specs()
    for source in sources(answer):
        name, _, argument = source.partition(":")
        if name not in specs:
            raise UsageError(
                f"there is no source {name!r}; say one of {', '.join(s.form for s in specs.values())}"
            )
        if not specs[name].fits(argument):
            raise UsageError(f"write the source as {specs[name].form}")
    if not sources(answer):
        raise UsageError("name at least one source")
    return answer


def _contact(answer: str) -> str:
    if not names_contact(answer):
        raise UsageError(
            "say a mail address, a web page, or /u/NAME of Reddit: sites block whom they cannot write to"
        )
    return answer


def _strictness(answer: str) -> str:
    if answer.casefold() not in STRICTNESS:
        raise UsageError(f"say one of {', '.join(STRICTNESS)}")
    return answer.casefold()


def sources(answer: str) -> tuple[str, ...]:
    """The streams of an answer: `bluesky, lemmy:lemmy.world`."""
    return tuple(part.strip() for part in answer.split(",") if part.strip())


QUESTIONS: Final = (
    Question("love", "Which pictures do you love? A folder of them, or a bundle's name", "lite", _love),
    Question("place", "Where do the keepers go? A folder, or s3://bucket", "~/Pictures/bowerbird", _place),
    Question("streams", "Which streams to read? Sources, with commas between", "bluesky", _streams),
    Question("contact", "Whom may a site write to? A mail address, a web page, or /u/NAME", "", _contact),
    Question("strictness", f"How choosy to be? {', '.join(STRICTNESS)}", "usual", _strictness),
)


def answered(given: Mapping[str, str], ask: Callable[[Question], str]) -> dict[str, str]:
    """The answer to each question: what is `given`, or what `ask` returns.

    Raises:
        UsageError: an answer is not a good one.
    """
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        answer = given.get(question.key)
        if answer is None and question.key == "contact" and not _from_the_web(answers["streams"]):
            answers["contact"] = ""  # nobody else's server is asked
            continue
        answers[question.key] = question.check(answer) if answer is not None else ask(question)
    return answers


def _from_the_web(streams: str) -> bool:
    specs = source_specs()
    return any(specs[source.partition(":")[0]].live for source in sources(streams))


def answers_of(told: Mapping[str, str], folder: Path) -> tuple[Answers, Path | None]:
    """What goes into a file in `folder`; and the pictures that a bundle is to be trained on first, if any."""
    love = Path(told["love"])
    pictures = love if love.is_dir() and not (love / FILE_NAME).is_file() else None
    bundle = str(folder / "taste") if pictures else told["love"]
    return (
        Answers(bundle, told["place"], sources(told["streams"]), told["contact"], told["strictness"]),
        pictures,
    )
