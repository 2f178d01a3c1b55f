"""Reading what strangers link to: limits, address rules, and fetchers that keep both."""

from bowerbird.net.atproto import AtprotoFetcher
from bowerbird.net.fetcher import HttpFetcher
from bowerbird.net.files import FileFetcher
from bowerbird.net.lan import LanFetcher
from bowerbird.net.limits import Limits
from bowerbird.net.pacing import HostTurns
from bowerbird.net.streams import WebSockets

__all__ = [
    "AtprotoFetcher",
    "FileFetcher",
    "HostTurns",
    "HttpFetcher",
    "LanFetcher",
    "Limits",
    "WebSockets",
]
