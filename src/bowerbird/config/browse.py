"""`[browse]`: names that people can read, for the kept pictures of each place that is a folder."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from bowerbird.adapters.folder.names import OWN_FOLDERS
from bowerbird.config.table import Table
from bowerbird.core.errors import UsageError
from bowerbird.deliver.described import Xmp
from bowerbird.deliver.naming import PLACEHOLDERS, USUAL, NameRule, clean

_KNOWN = ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)


def checked_names(value: str) -> str:
    """A template of names; see `bowerbird.deliver.naming`."""
    try:
        return NameRule.parse(value).template
    except UsageError as error:
        raise ValueError(str(error)) from None


def _folder(value: str) -> str:
    if value != clean(value) or value in OWN_FOLDERS:
        raise ValueError(f'{value!r} cannot be the folder: name one folder, as in folder = "browse"')
    return value


class Browse(Table):
    """Names that people can read, beside the ones that are made of hashes.

    They are hard links and take no space; `today` holds those of today. Deleting a name deletes no picture.
    When a picture is purged, replaced or pruned, its names go too.
    """

    header: ClassVar[str] = "[browse]"

    folder: Annotated[str, AfterValidator(_folder)] = Field(
        default="browse", description="The folder for them, in each place. Empty: no names."
    )
    names: Annotated[str, AfterValidator(checked_names)] = Field(
        default=USUAL,
        description=f"The template, `/` makes folders. It knows {_KNOWN}.",
        examples=["{community}/{day} {title} {hash}"],
    )
    feed: int = Field(
        default=50,
        ge=0,
        le=1000,
        description="How many new pictures `feeds/atom.xml` and `feeds/feed.json` list. 0: no feeds.",
    )
    xmp: Xmp = Field(
        default="none",
        description="Where title, author, source, licence, date, tags and stars go as XMP: `none`, `beside` "
        "(a file `.xmp`), or `embedded` in a copy, which takes space. Originals are never changed.",
    )
