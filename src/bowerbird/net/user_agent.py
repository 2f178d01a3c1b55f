"""Tells hosts honestly who asks: https://github.com/reddit-archive/reddit/wiki/API.

Sites write to whoever overloads them, and slow down or block those that they cannot write to:
https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
"""

from __future__ import annotations

import re
from typing import Final

from bowerbird import __version__
from bowerbird.core.errors import UsageError

#: What a machine at home says unless its owner says more.
AT_HOME: Final = f"linux:bowerbird:{__version__}"
#: What the functions say.
IN_THE_CLOUD: Final = f"aws-lambda:bowerbird:{__version__}"

#: What to do where nobody says whom a site may write to.
NO_CONTACT: Final = (
    "say who asks, so that sites can write to you instead of blocking you: "
    "export BOWERBIRD_CONTACT=you@example.org (a mail address, a web page, or /u/NAME of Reddit)"
)

_CONTACT: Final = re.compile(
    r"[^\s@(),;<>]+@[^\s@(),;<>]+\.[a-z]{2,}|https?://[^\s/(),;<>]+|(?<![\w/])/?u/[\w-]{2,20}(?![\w-])",
    re.IGNORECASE,
)
# No space and no bracket: it stands within brackets, in a header.
_FITTING: Final = re.compile(r"[!-'*-~]{1,200}")


def names_contact(agent: str) -> bool:
    """Tell whether a User-Agent holds a mail address, a web page or a name at Reddit."""
    return bool(_CONTACT.search(agent))


def with_contact(agent: str, contact: str) -> str:
    """Make a User-Agent say how its owner can be reached. One that already says so stays as it is.

    Raises:
        UsageError: the contact is not one.
    """
    contact = contact.strip()
    if not contact or names_contact(agent):
        return agent
    if not _FITTING.fullmatch(contact) or not names_contact(contact):
        raise UsageError(f"BOWERBIRD_CONTACT={contact[:80]!r} is no contact: {NO_CONTACT}")
    at_reddit = re.fullmatch(r"/?(u/[\w-]+)", contact)
    return f"{agent} (by /{at_reddit[1]})" if at_reddit else f"{agent} (+{contact})"
