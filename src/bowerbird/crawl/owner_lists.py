"""The owner's lists: whose posts are wanted, and whose are not. They act before a picture is asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self
from urllib.parse import urlsplit

from bowerbird.core.messages import Candidate
from bowerbird.core.post import Attachment, Post
from bowerbird.core.reasons import Reason, Word

_MARK: Final = re.compile(r"^(?:/?[ru]/|[!@#])")
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*://")
# These are written without spaces between words, so there a word may stand within others.
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class Names:
    """One list, in the forms that posts are compared in; `parse` makes it of what the owner wrote.

    Communities and authors match as a whole or up to their `@`, domains with all that lies below them.
    `words` match whole words of the title. Upper and lower case are the same.
    """

    communities: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    words: re.Pattern[str] | None = None

    @classmethod
    def parse(
        cls,
        communities: Iterable[str] = (),
        authors: Iterable[str] = (),
        domains: Iterable[str] = (),
        words: Sequence[str] = (),
    ) -> Self:
        """Read `r/EarthPorn`, `!pics@lemmy.world`, `u/somebody`, `flickr.com`, `oil painting`."""
        return cls(
            frozenset(filter(None, map(_name, communities))),
            frozenset(filter(None, map(_name, authors))),
            frozenset(filter(None, map(_domain, domains))),
            _pattern(words),
        )

    def names_domain(self, url: str) -> bool:
        """Tell whether a link leads to one of the domains, or below one."""
        host = _domain(url)
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


@dataclass(frozen=True, slots=True)
class OwnerLists:
    """Both lists. Of `only`, each kind that names something must name the post; of `never`, none may."""

    only: Names = field(default_factory=Names)
    never: Names = field(default_factory=Names)

    def wanted(self, post: Post, inside: Callable[[str], str | None] = lambda _: None) -> Post | Reason:
        """Return what is wanted of a post, or why nothing is. `inside` opens a proxy's link."""
        submission = post.submission
        title = _folded(submission.title or "")
        for kind, value in (("community", submission.community), ("author", submission.author)):
            never, only = (
                (each.communities if kind == "community" else each.authors)
                for each in (self.never, self.only)
            )
            if value and _named(value, never):
                return Reason(Word.NEVER, f"the {kind} {value}")
            if only and not (value and _named(value, only)):
                return Reason(Word.ONLY, f"the {kind} {value}" if value else f"the listing names no {kind}")
        found = self.never.words.search(title) if self.never.words else None
        if found:
            return Reason(Word.NEVER, f"the word {found[0]!r}")
        if self.only.words and not self.only.words.search(title):
            return Reason(Word.ONLY, "no wanted word in the title")
        return self._where_it_leads(post, inside)

    def offered(self, candidate: Candidate) -> Candidate | Reason:
        """Return a candidate without the copies that lie at domains which are never asked."""
        if not self.never.domains:
            return candidate
        urls = tuple(url for url in candidate.urls if not self.never.names_domain(url))
        previews = tuple(each for each in candidate.previews if not self.never.names_domain(each.url))
        if not urls:
            return Reason(Word.NEVER, f"the domain {urlsplit(candidate.urls[0]).hostname}")
        return replace(candidate, urls=urls, previews=previews)

    def _where_it_leads(self, post: Post, inside: Callable[[str], str | None]) -> Post | Reason:
        if not (self.only.domains or self.never.domains):
            return post

        def fits(url: str) -> bool:
            links = [url, *filter(None, [inside(url)])]
            if any(map(self.never.names_domain, links)):
                return False
            return not self.only.domains or any(map(self.only.names_domain, links))

        def shown(attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
            return tuple(each for each in attachments if each.urls and fits(each.urls[0]))

        link = post.link
        if link and any(map(self.never.names_domain, filter(None, [link, inside(link)]))):
            return Reason(Word.NEVER, f"the domain {urlsplit(link).hostname}")
        # What the post is about is wanted when its link is, wherever the site keeps the pictures behind it.
        whole = bool(link and self.only.domains and fits(link))
        left = replace(
            post,
            link=link if link and fits(link) else None,
            attachments=post.attachments if whole else shown(post.attachments),
            text_pictures=shown(post.text_pictures),
            text_links=tuple(filter(fits, post.text_links)),
        )
        some = left.link or left.attachments or left.text_pictures or left.text_links
        had = link or post.attachments or post.text_pictures or post.text_links
        if had and not some:
            first = link or next((each.urls[0] for each in post.attachments + post.text_pictures), "")
            where = urlsplit(first or next(iter(post.text_links), "")).hostname
            return Reason(Word.ONLY if self.only.domains else Word.NEVER, f"the domain {where}")
        return left


#: The owner has no lists.
NO_LISTS: Final = OwnerLists()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _name(text: str) -> str:
    return _MARK.sub("", _folded(text).strip())


def _named(value: str, names: frozenset[str]) -> bool:
    name = _name(value)
    return name in names or name.partition("@")[0] in names


def _domain(text: str) -> str:
    """Return the host name of a link, or of a name such as `*.flickr.com`, in letters that the web uses."""
    text = text.strip().lower()
    try:
        host = urlsplit(text if _SCHEME.match(text) else f"https://{text}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("*.").removeprefix("www.").strip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Match any of the words, or phrases, as a whole."""
    each = [" ".join(_folded(word).split()) for word in words]
    forms = [rf"{_edge(word[0], '<!')}{_spaced(word)}{_edge(word[-1], '!')}" for word in each if word]
    return re.compile("|".join(forms)) if forms else None


def _spaced(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split(" ")))


def _edge(letter: str, look: str) -> str:
    """Where the word's first or last letter is one of a word, none may stand beside it."""
    spaced = re.match(r"\w", letter) and not unicodedata.name(letter, "").startswith(_UNSPACED)
    return rf"(?{look}\w)" if spaced else ""
