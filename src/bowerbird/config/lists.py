"""`[only]` and `[never]`: whose posts you want, and whose you do not."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bowerbird.config.table import Table
from bowerbird.crawl.owner_lists import Names

_Entries = tuple[str, ...]


class Named(Table):
    """Names of communities, authors, domains and words. Upper and lower case are the same."""

    communities: _Entries = Field(
        default=(), description="Subreddits, communities, hashtags or categories.", examples=[["EarthPorn"]]
    )
    authors: _Entries = Field(default=(), description="Who posted it.", examples=[["somebody"]])
    domains: _Entries = Field(
        default=(),
        description="Where the post's link or picture lies, with all domains below.",
        examples=[["flickr.com"]],
    )
    words: _Entries = Field(
        default=(),
        description="Whole words, or phrases, of the title.",
        examples=[["sunset", "oil painting"]],
    )

    def names(self) -> Names:
        """Return the list as the crawl compares it."""
        return Names.parse(self.communities, self.authors, self.domains, self.words)


class Only(Named):
    """Posts that are wanted. Each key that you fill must match; within a key, any one entry.

    A post whose listing does not say who wrote it, or where, does not match. Others are skipped as `only`.
    """

    header: ClassVar[str] = "[only]"


class Never(Named):
    """Posts that are not wanted: any one entry is enough. They are skipped as `never`, without a request."""

    header: ClassVar[str] = "[never]"
