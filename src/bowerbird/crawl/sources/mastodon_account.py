"""The owner's account at a Mastodon instance; values only, so that whoever carries them needs no library."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MastodonAccount:
    """A token that one instance gave out. No other instance may see it, and no log or error shows it."""

    instance: str
    token: str = field(repr=False)

    def headers(self, instance: str) -> dict[str, str]:
        """Return what to send along to an instance: nothing, unless the token belongs to it."""
        own = instance.lower() == self.instance.lower()
        return {"Authorization": f"Bearer {self.token}"} if own else {}
