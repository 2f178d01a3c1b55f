"""Any PieFed instance, by its open API, which is modelled on Lemmy's: https://codeberg.org/rimu/pyfedi."""

from __future__ import annotations

from typing import Final

from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.lemmy import ACCEPT, V3, LemmySource, Version, checked_instance
from bowerbird.crawl.sources.live import asking, follow

ALPHA: Final = Version("api/alpha", "All", "New", numbered=True)


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"piefed:{checked_instance('piefed', argument, 'piefed.social')}"
    return follow(
        spec,
        asking(spec, ACCEPT, context),
        lambda listing: LemmySource(
            listing, argument, context.communities, kind="piefed", versions=(ALPHA, V3)
        ),
        context,
    )


SPEC: Final = SourceSpec(
    "piefed:INSTANCE",
    _open,
    communities=True,
    reads="everything a PieFed instance knows, newest first; `--communities earthporn@lemmy.world+pics`",
    order="time",
    unknown="licence",
    family="lemmy",
)
