"""`[[notify]]`: who is told what."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from bowerbird.config.table import Table
from bowerbird.core.errors import UsageError
from bowerbird.core.hours import clock
from bowerbird.notify.channels import find_channel


def _to(value: str) -> str:
    try:
        find_channel(value)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return value


def _at(value: str) -> str:
    try:
        return f"{clock(value):%H:%M}"
    except ValueError:
        raise ValueError(f"{value!r} is no time: write it as 20:00") from None


class Notify(Table):
    """Somebody to tell. Secrets stand in the environment or in `.env`: docs/deliver.md names them."""

    header: ClassVar[str] = "[[notify]]"

    to: Annotated[str, AfterValidator(_to)] = Field(
        description="`ntfy:https://ntfy.sh/TOPIC`, `mail:you@example.org`, or `webhook:URL`.",
        examples=["ntfy:https://ntfy.sh/my-secret-topic"],
    )
    about: tuple[Literal["keeps", "sources", "disk"], ...] = Field(
        default=("keeps", "sources", "disk"),
        description="`keeps`: once a day, what was kept. `sources`: a stream that stopped working, or works "
        "again. `disk`: there is little room, or pictures were removed to make some.",
        examples=[["keeps"]],
    )
    at: Annotated[str, AfterValidator(_at)] = Field(
        default="20:00", description="When the keeps of the day are told, by the machine's clock."
    )
