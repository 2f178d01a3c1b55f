"""What a channel is to whoever tells something. A channel is one module with a `SPEC`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bowerbird.core.errors import BowerbirdError, RetryableError, UsageError
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.notify.message import Channel
from bowerbird.notify.settings import NotifySettings


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """What there is to know of a kind of channel: how it is written, and the settings it reads."""

    form: str
    open: Callable[[str, NotifySettings], Channel]
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What stands before the colon."""
        return self.form.partition(":")[0]


def problem(who: str, answer: Answer) -> BowerbirdError:
    """The error that a server's answer means."""
    if answer.outcome in {Outcome.MISCONFIGURED, Outcome.REFUSED}:
        return UsageError(f"{who}: {answer.detail}")
    return RetryableError(f"{who}: {answer.detail}", retry_after_s=answer.wait_s)
