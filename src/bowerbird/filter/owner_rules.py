"""The owner's own rules, which reject survivors beside taste: `synthetic`, `nsfw>0.8`, `detail<-2.2`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from bowerbird.core.errors import UsageError
from bowerbird.core.reasons import Reason, Word
from bowerbird.core.usual import COSTLY
from bowerbird.models import advisory

_RULE: Final = re.compile(r"([a-z]+)(?:([<>])(-?\d+(?:\.\d+)?))?")


@dataclass(frozen=True, slots=True)
class Rule:
    """Rejects by one observation: a number beyond `bound`. Without a `sign`, any claim rejects."""

    name: str
    sign: str = ""
    bound: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a rule such as `nsfw>0.8`, `sharpness<0.001` or `synthetic`.

        Raises:
            UsageError: the text is no rule, or Bowerbird observes nothing of that name.
        """
        match = _RULE.fullmatch(text.strip())
        known = (*advisory.NAMES, *COSTLY)
        if match is None or match[1] not in known or (match[2] is None) is not (match[1] == "synthetic"):
            numbers = ", ".join(name for name in known if name != "synthetic")
            raise UsageError(
                f"no rule: {text!r}; write synthetic, or NAME<NUMBER or NAME>NUMBER with one of {numbers}"
            )
        return cls(match[1], match[2] or "", float(match[3] or 0))

    def reason(self, seen: Mapping[str, float | str]) -> Reason | None:
        """The reason to reject a picture, or None; `seen` holds what was observed of it, by name.

        A rule that compares a number also rejects a picture whose number could not be measured.
        """
        value = seen.get(self.name)
        if self.name == "synthetic":
            return None if value is None else Reason(Word.SYNTHETIC, str(value))
        if not isinstance(value, float):
            return Reason(Word(self.name), "could not be measured, and a rule asks for it")
        beyond = value < self.bound if self.sign == "<" else value > self.bound
        side = "below" if self.sign == "<" else "above"
        return Reason(Word(self.name), f"{value:.4g} is {side} {self.bound:g}") if beyond else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the owner asked for beside taste: rules that reject, and costly observations to note."""

    rules: tuple[Rule, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, rules: Sequence[str], notes: Sequence[str] = ()) -> Self:
        """Read the rules and notes of the command line or the environment.

        Raises:
            UsageError: a text is no rule, or a note names something that is not in COSTLY.
        """
        unknown = [name for name in notes if name not in COSTLY]
        if unknown:
            raise UsageError(f"cannot note {unknown[0]!r}: {', '.join(COSTLY)} can be asked for")
        return cls(tuple(Rule.parse(text) for text in rules), tuple(notes))

    def costly(self) -> tuple[str, ...]:
        """The costly observations that a rule or a note needs, each once."""
        named = {rule.name for rule in self.rules} | set(self.notes)
        return tuple(name for name in COSTLY if name in named)


#: The owner asked for nothing beside taste.
NOTHING: Final = Asked()
