"""What a source of posts offers to whoever types its name. A source is one module with a `SPEC`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bowerbird.core.ports import Fetcher, ObjectStore, Streams
from bowerbird.core.post import Source
from bowerbird.crawl.following.shared_limits import SharedLimits
from bowerbird.crawl.sources.listing import DEFAULT_LIMIT
from bowerbird.crawl.sources.mastodon_account import MastodonAccount
from bowerbird.crawl.sources.reddit_app import FeedToken, RedditApp
from bowerbird.net.limiter import Limit, Limiter


@dataclass(frozen=True, slots=True)
class Context:
    """What a source gets from outside. Sources that read files need none of it.

    - `communities` narrows the stream (subreddits, Lemmy communities); empty means everything.
    - `fetcher` reads pages, and `streams` opens WebSockets.
    - `own_network` makes a fetcher for one `http://host:port` of the owner's network. A function in the cloud
      has no such network.
    - `store` keeps the cursor between runs.
    - A run makes at most `requests` requests in `seconds` seconds.
    - Sources that share a host share the `limiter`; `bowerbird.crawl.sources.limiter` knows what the hosts
      publish. Runs share it through `pace`.
    - With `fill_gaps`, a run spends what is left of it on posts that earlier runs missed, and asks for them
      by id.
    - `gateway` is a test rig that every request goes to. It is for sources that make requests of their own.
    - An `anonymous` world names nobody to write to, so live sources do not open.
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
    pace: SharedLimits | None = None
    streams: Streams | None = None
    gateway: str | None = None
    anonymous: bool = False
    own_network: Callable[[str], Fetcher] | None = None

    def paced(self) -> Context:
        """The same context, whose runs share the limits of their hosts with others on the same store."""
        return replace(self, pace=SharedLimits(self.store, self.limiter)) if self.store else self


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What there is to know of a source before it is opened.

    - `form` is how it is named on the command line: `NAME`, `NAME:ARGUMENT` or `NAME[:ARGUMENT]`.
    - `communities` says whether it has communities to choose from. Sources of one `family` mean the same by a
      community's name.
    - `limits` are the limits that its hosts publish, by host name.
    - `probe` is what `bowerbird doctor` opens when nobody names the sources to look at. The doctor goes
      through them in the order of `rank`, and says `advice` beside how each is.
    - A `live` source asks strangers' servers. Their owners may want to know who asks.
    - `reads`, `needs`, `a_day`, `order` and `unknown` are columns of docs/sources.md: what the source reads,
      what its user must have, how many pictures it gives in a day, how its posts are ordered, and what its
      posts cannot say.
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
        """Return what stands before the colon."""
        return self.form.partition(":")[0].removesuffix("[")

    @property
    def names_communities(self) -> bool:
        """Tell whether what follows the colon names communities, rather than where they are."""
        return self.communities and "[" in self.form

    def fits(self, argument: str) -> bool:
        """Whether this may follow the colon; empty when nothing does."""
        return "[" in self.form or bool(argument) == (":" in self.form)
