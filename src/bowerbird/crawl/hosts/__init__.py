"""One file an image host; a module with a `RULE` and `FACTS` is found by itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.discovery import modules_with
from bowerbird.core.placeholders import Placeholders
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import HostRule, Image, Keyed, Match, Wrapping
from bowerbird.crawl.hosts.facts import Facts
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.pacing import DEFAULT_LIMIT, HostTurns

# A proxy may be asked for a proxy's link; deeper than that nobody means it.
_LAYERS: Final = 3


@dataclass(frozen=True, slots=True)
class Hosts:
    """All host rules, in the order they are asked, and what is known of their hosts, by the rule's name."""

    rules: tuple[HostRule, ...]
    facts: Mapping[str, Facts] = field(default_factory=dict)

    @classmethod
    def found(cls, keys: Mapping[str, str] | None = None) -> Self:
        """Return the rules of this folder; `keys` holds the owner's API keys by host."""
        keys = keys or {}
        known = _known()
        rules: list[HostRule] = []
        for rule, _ in known:
            key = keys.get(rule.host)
            rules.append(rule.with_key(key) if key and isinstance(rule, Keyed) else rule)
        facts = {rule.host: facts for rule, facts in known}
        return cls(tuple(sorted(rules, key=lambda rule: (rule.priority, rule.host))), facts)

    def match(self, url: str) -> Match | None:
        """Tell what a link is; None when no rule knows it. This makes no request, and takes any text."""
        clean = untrusted.link(url)
        return self._match(urlsplit(clean), _LAYERS) if clean else None

    def inside(self, url: str) -> str | None:
        """The link that a proxy's link carries, whether or not a rule knows it; None for any other."""
        found: str | None = None
        for _ in range(_LAYERS):
            parts = urlsplit(found or url)
            inner = (untrusted.link(rule.inner(parts)) for rule in self.rules if isinstance(rule, Wrapping))
            deeper = next(filter(None, inner), None)
            if deeper is None:
                break
            found = deeper
        return found

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """Ask the rule that made the match; raises what `HostRule.images` does."""
        rule = next(rule for rule in self.rules if rule.host == match.host)
        images = rule.images(match, fetcher)
        if match.wrapped_in and len(images) == 1:
            return (replace(images[0], urls=(*images[0].urls, match.wrapped_in)),)
        return images

    def _match(self, url: SplitResult, layers: int) -> Match | None:
        for rule in self.rules:
            inner = untrusted.link(rule.inner(url)) if isinstance(rule, Wrapping) and layers else None
            inside = self._match(urlsplit(inner), layers - 1) if inner else None
            if inside:
                return replace(inside, wrapped_in=url.geturl())
            match = rule.match(url)
            if match:
                return match
        return None


def turns() -> HostTurns:
    """Turns at hosts of pictures, by what each of them publishes."""
    return HostTurns(Limiter(limits(), DEFAULT_LIMIT))


def limits() -> Mapping[str, Limit]:
    """Return what hosts publish, by host name."""
    return MappingProxyType({name: limit for _, facts in _known() for name, limit in facts.limits.items()})


def placeholders() -> Placeholders:
    """Return what hosts serve in place of pictures that are gone."""
    return Placeholders(tuple(each for _, facts in _known() for each in facts.placeholders))


def watched() -> frozenset[str]:
    """Return the names of hosts whose health has a metric of its own."""
    return frozenset(name for _, facts in _known() for name in facts.watched)


def key_settings() -> Mapping[str, str]:
    """The setting that holds the owner's key, by host."""
    return {rule.host: facts.key for rule, facts in _known() if facts.key}


@cache
def _known() -> tuple[tuple[HostRule, Facts], ...]:
    """Every rule of this folder with its facts. It is a mistake when a module has one without the other."""
    return tuple((module.RULE, module.FACTS) for module in modules_with(sys.modules[__name__], "RULE"))
