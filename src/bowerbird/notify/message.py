"""A message to the owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

#: What a message is about.
Kind = Literal["keeps", "sources", "disk"]


@dataclass(frozen=True, slots=True)
class Message:
    """A title of one line, a text, and the same as data for programs. `urgent` ones want to be seen now."""

    kind: Kind
    title: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


class Channel(Protocol):
    """A way to tell somebody."""

    def send(self, message: Message) -> None:
        """Send it.

        Raises:
            RetryableError: it did not arrive; try again later.
            UsageError: the address or a secret is wrong.
        """
        ...
