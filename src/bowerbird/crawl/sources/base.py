"""What a source of posts offers to whoever types its name. A source is one module with a `SPEC`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bowerbird.core.ports import Fetcher, ObjectStore, Streams
from bowerbird.core.post import Source
from bowerbird.crawl.following.shared_limits import SharedPace
from bowerbird.crawl.sources.listing import DEFAULT_LIMIT
from bowerbird.crawl.sources.mastodon_account import MastodonAccount
from bowerbird.crawl.sources.reddit_app import FeedToken, RedditApp
from bowerbird.net.limiter import Limit, Limiter


@dataclass(frozen=True, slots=True)
class Context:
    """What the world offers a source; files need none of it.

    `communities` narrows the stream (subreddits, Lemmy communities); empty means everything. `fetcher` reads
    pages, `streams` opens WebSockets; `own_network` makes a fetcher for one `http://host:port` of the owner's
    network, of which a function in the cloud has none. `store` keeps the cursor between runs. A run makes at
    most so many `requests` in so many `seconds`; sources that share a host share the `limiter`
    (`bowerbird.crawl.sources.limiter` knows what they publish), and through `pace` runs do. With `fill_gaps`
    what is left of a run asks by id for what earlier ones missed. `gateway` is a test rig that every request
    goes to, for whoever makes some of its own. An `anonymous` world names nobody to write to: live sources do
    not open.
    """

    communities: tuple[str, ...] = ()
    fetcher: Fetcher | None = None
    store: ObjectStore | None = None
    reddit: RedditApp | None = None
    feed_token: FeedToken | None = None
    mastodon: MastodonAccount | None = None
    limiter: Limiter = field(default_factory=lambda: Limiter({}, DEFAULT_LIMIT))
    requests: int = 100
    seconds: float = 60.0
    fill_gaps: bool = False
    pace: SharedPace | None = None
    streams: Streams | None = None
    gateway: str | None = None
    anonymous: bool = False
    own_network: Callable[[str], Fetcher] | None = None

    def paced(self) -> Context:
        """The same context, whose runs share the limits of their hosts with others on the same store."""
        return replace(self, pace=SharedPace(self.store, self.limiter)) if self.store else self


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """How a source is named on the command line: `form` is `NAME`, `NAME:ARGUMENT` or `NAME[:ARGUMENT]`.

    `communities` says whether it has any to choose from; sources of one `family` mean the same by a
    community's name. `limits` are what its hosts publish, by host name. `probe` is what `bowerbird doctor`
    opens when nobody tells it which sources to look at, in the order of `rank`, and `advice` what it says
    beside how they are. A `live` source asks strangers, who may want to know who does.

    `reads`, `needs`, `a_day`, `order` and `unknown` are columns of docs/sources.md: what it reads, what its
    user has to have, how many pictures it gives in a day, how its posts are ordered, what they cannot say.
    """

    form: str
    open: Callable[[str, Context], Source]
    communities: bool = False
    reads: str = ""
    needs: str = "nothing"
    order: str = "none"
    a_day: str = "not measured"
    unknown: str = ""
    family: str = ""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    probe: str = ""
    rank: int = 0
    advice: str = ""
    live: bool = True

    @property
    def name(self) -> str:
        """What stands before the colon."""
        return self.form.partition(":")[0].removesuffix("[")

    @property
    def names_communities(self) -> bool:
        """Whether what follows the colon are communities, rather than where they are."""
        return self.communities and "[" in self.form

    def fits(self, argument: str) -> bool:
        """Whether this may follow the colon; empty when nothing does."""
        return "[" in self.form or bool(argument) == (":" in self.form)
