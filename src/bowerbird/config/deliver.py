"""`[[deliver]]`: a gallery that gets the kept pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from bowerbird.config.browse import checked_names
from bowerbird.config.table import Table, located
from bowerbird.core.errors import UsageError
from bowerbird.deliver.described import Xmp
from bowerbird.deliver.galleries import find_gallery
from bowerbird.deliver.settings import GallerySettings
from bowerbird.deliver.tags import TagRule

_FOLDER = "folder:"


def _to(value: str) -> str:
    try:
        find_gallery(value)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return value


def _tags(value: str | None) -> str | None:
    try:
        TagRule.parse(value or "")
    except UsageError as error:
        raise ValueError(str(error)) from None
    return value


class Delivery(Table):
    """A gallery. `mine` delivers to it while it runs, and so does `bowerbird deliver` without options.

    Secrets stand in the environment or in `.env`: docs/deliver.md names them.
    """

    header: ClassVar[str] = "[[deliver]]"

    to: Annotated[str, AfterValidator(_to)] = Field(
        description="Where to: `immich:URL`, `photoprism:URL`, `hydrus:URL`, `scenery:URL`, `webhook:URL` or "
        "`folder:DIR`.",
        examples=["immich:http://photos.lan:2283"],
    )
    places: tuple[str, ...] = Field(
        default=(),
        description="Only what these places hold, each the `place` of a taste. Left out: all.",
        examples=[["~/Pictures/bowerbird"]],
    )
    names: Annotated[str | None, AfterValidator(lambda value: value and checked_names(value))] = Field(
        default=None, description="The names of files there, a template as in `[browse]`."
    )
    xmp: Xmp | None = Field(
        default=None, description="For folders and PhotoPrism: XMP goes `beside`, or `embedded`, or `none`."
    )
    album: str | None = Field(
        default=None, description="For Immich and PhotoPrism: an album, which is made when it is not there."
    )
    tags: Annotated[str | None, AfterValidator(_tags)] = Field(
        default=None,
        description="Tags, separated by commas; `{community}` and its like as in docs/deliver.md.",
        examples=["from_bowerbird,{community}"],
    )
    file: bool | None = Field(default=None, description="For a webhook: send the picture too.")

    def located(self, folder: Path) -> Delivery:
        """Find the folder and the places from the file's folder."""
        to = f"{_FOLDER}{located(self.folder, folder)}" if self.folder else self.to
        places = tuple(located(place, folder) for place in self.places)
        return self.model_copy(update={"to": to, "places": places})

    @property
    def folder(self) -> str | None:
        """The folder that is delivered to, if it is one."""
        return self.to.removeprefix(_FOLDER) if self.to.startswith(_FOLDER) else None

    def settings(self) -> GallerySettings:
        """What the environment says, with what stands here in its place."""
        told = {name: getattr(self, name) for name in ("names", "xmp", "album", "tags", "file")}
        given = {f"deliver_{name}": value for name, value in told.items() if value is not None}
        if self.tags is not None:
            given["scenery_tags"] = self.tags
        return GallerySettings().model_copy(update=given)
