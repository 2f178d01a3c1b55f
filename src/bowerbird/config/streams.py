"""`[[stream]]`: a site or feed to read posts from."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from bowerbird.config.table import Table, located
from bowerbird.crawl.sources import source_specs


class Stream(Table):
    """One stream. A run reads all streams, one after the other, and goes on when one fails."""

    header: ClassVar[str] = "[[stream]]"

    source: str = Field(
        min_length=1,
        description="What to read, as for `mine --source`: `bluesky`, `lemmy:lemmy.world`, `folder:DIR`…",
        examples=["bluesky"],
    )
    communities: tuple[str, ...] = Field(
        default=(), description="Read only these subreddits, communities, hashtags or categories."
    )
    fill_gaps: bool = Field(
        default=False, description="Also ask, by id, for posts that earlier crawls could not read."
    )
    focus: bool = Field(
        default=False,
        description="Spend spare requests on the communities that most kept pictures came from.",
    )

    def located(self, folder: Path) -> Stream:
        """Find the file or folder that the source names, if it names one, from the configuration's folder."""
        name, colon, argument = self.source.partition(":")
        spec = source_specs().get(name)
        if spec is None or spec.live or not argument:
            return self
        return self.model_copy(update={"source": f"{name}{colon}{located(argument, folder)}"})
