"""One file an image host; a module with a `RULE` is found by itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.discovery import discover
from bowerbird.crawl.hosts.base import HostRule, Image, Keyed, Match


@dataclass(frozen=True, slots=True)
class Hosts:
    """All host rules, in the order they are asked."""

    rules: tuple[HostRule, ...]

    @classmethod
    def found(cls, keys: Mapping[str, str] | None = None) -> Self:
        """The rules of this folder; `keys` holds the owner's API keys by host."""
        keys = keys or {}
        rules: list[HostRule] = []
        for rule in discover(sys.modules[__name__], "RULE"):
            key = keys.get(rule.host)
            rules.append(rule.with_key(key) if key and isinstance(rule, Keyed) else rule)
        return cls(tuple(sorted(rules, key=lambda rule: (rule.priority, rule.host))))

    def match(self, url: str) -> Match | None:
        """What a link is, or None when no rule knows it; makes no request and takes any text."""
        clean = untrusted.link(url)
        if clean is None:
            return None
        parts = urlsplit(clean)
        return next((match for rule in self.rules if (match := rule.match(parts))), None)

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """Ask the rule that made the match; raises what `HostRule.images` does."""
        rule = next(rule for rule in self.rules if rule.host == match.host)
        return rule.images(match, fetcher)
