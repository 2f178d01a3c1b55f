"""The whole file. A new table is a module of its own, and a field here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from bowerbird.adapters.terminal.option_values import seconds
from bowerbird.config.browse import Browse
from bowerbird.config.deliver import Delivery
from bowerbird.config.lists import Never, Only
from bowerbird.config.notify import Notify
from bowerbird.config.space import Space
from bowerbird.config.streams import Stream
from bowerbird.config.table import Table, told_by
from bowerbird.config.tastes import Taste
from bowerbird.core.errors import UsageError
from bowerbird.core.hours import Hours
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.usual import KEEP_DAYS
from bowerbird.crawl.owner_lists import OwnerLists
from bowerbird.net.user_agent import names_contact


def _contact(value: str) -> str:
    if value and not names_contact(value):
        raise ValueError(f"{value!r} is no contact: say a mail address, a web page, or /u/NAME of Reddit")
    return value


def _hours(value: str | None) -> str | None:
    if value:
        Hours.parse(value)
    return value or None


class Config(Table):
    """What an installation at home does.

    Keys of the whole file stand at its top, before the first table. Each can also be set in the environment.
    """

    contact: Annotated[str, AfterValidator(_contact)] = Field(
        default="",
        description="Whom a site may write to: a mail address, a web page, or `/u/NAME` of Reddit. Streams "
        "from the web need it, because sites block whom they cannot write to.",
        examples=["you@example.org"],
    )
    user_agent: str = Field(
        default="",
        description="What to call ourselves before the contact. Left out: Bowerbird and its version.",
    )
    every: Annotated[float | None, BeforeValidator(told_by(seconds))] = Field(
        default=None,
        gt=0,
        description="How long to wait between crawls: `60s`, `10m`, `1h`. Left out: crawl once, and end.",
        examples=["10m"],
    )
    hours: Annotated[str | None, AfterValidator(_hours)] = Field(
        default=None,
        description="When to work, by the machine's clock. Outside of it, nothing is crawled or downloaded.",
        examples=["07:00-23:00"],
    )
    downloads: int = Field(default=DOWNLOADS, ge=1, description="Download up to so many pictures at once.")
    keep_replaced: int = Field(
        default=KEEP_DAYS,
        ge=1,
        le=36_500,
        description="For how many days `restore` can bring back what a better copy replaced.",
    )
    crawl_requests: int = Field(
        default=100, ge=1, description="How many requests one crawl of a stream may make."
    )
    crawl_seconds: float = Field(default=60.0, gt=0, description="How long one crawl of a stream may take.")
    stream: tuple[Stream, ...] = ()
    taste: tuple[Taste, ...] = ()
    only: Only = Only()
    never: Never = Never()
    browse: Browse = Browse()
    deliver: tuple[Delivery, ...] = ()
    notify: tuple[Notify, ...] = ()
    space: Space = Space()

    def located(self, folder: Path) -> Config:
        """The same, with every path found from the file's folder.

        Raises:
            UsageError: two tastes have the same place.
        """
        streams = tuple(each.located(folder) for each in self.stream)
        tastes = tuple(each.located(folder) for each in self.taste)
        places = [each.place if "://" in each.place else str(Path(each.place).resolve()) for each in tastes]
        known = {each.place for each in tastes}
        twice = next((place for place in places if places.count(place) > 1), None)
        if twice:
            raise UsageError(f"two tastes have the place {twice}: give each [[taste]] a place of its own")
        deliveries = tuple(each.located(folder) for each in self.deliver)
        unknown = next((place for each in deliveries for place in each.places if place not in known), None)
        if unknown:
            raise UsageError(f"[[deliver]] names the place {unknown}, which no [[taste]] has")
        return self.model_copy(update={"stream": streams, "taste": tastes, "deliver": deliveries})

    def lists(self) -> OwnerLists:
        """Whose posts are wanted."""
        return OwnerLists(self.only.names(), self.never.names())

    def variables(self) -> Mapping[str, str]:
        """What the file says of who asks and how much, as the environment would say it."""
        told = ("contact", "user_agent", "crawl_requests", "crawl_seconds")
        return {variable(name): str(getattr(self, name)) for name in told if name in self.model_fields_set}


_TABLES: Final = frozenset({"stream", "taste", "only", "never", "browse", "deliver", "notify", "space"})
#: The keys at the top of the file, which the environment may set too.
TOP: Final = tuple(name for name in Config.model_fields if name not in _TABLES)


#: This variable says which communities all streams read, whatever the file says.
COMMUNITIES: Final = "BOWERBIRD_COMMUNITIES"


def variable(key: str) -> str:
    """The environment's name for a key of the top of the file."""
    return f"BOWERBIRD_{key.upper()}"
