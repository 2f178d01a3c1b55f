"""Writes a first `bowerbird.toml` of a few answers, with comments that say what else there is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.core.whole import advice

#: How strict a taste can be called, and the share of pictures like the owner's own that it keeps then.
STRICTNESS: Final[Mapping[str, float | None]] = {"strict": 0.75, "usual": None, "generous": 0.98}

_TEXT: Final = """\
# Bowerbird's configuration: `bowerbird mine` does what stands here. docs/configuration.md explains every key.
# Secrets do not belong here. Put them into a file .env beside this one, as in
#   BOWERBIRD_REDDIT_CLIENT_SECRET=…
# or into files of their own: BOWERBIRD_REDDIT_CLIENT_SECRET_FILE=/run/secrets/reddit

# Whom a site may write to: a mail address, a web page, or /u/NAME of Reddit.
{contact}

# How long to wait between crawls. Left out, `bowerbird mine` crawls once and ends.
every = "10m"

# When to work, by this machine's clock. Left out: all day.
# hours = "07:00-23:00"

# What to read. Add a [[stream]] for each site or feed; docs/sources.md lists them.
{streams}
# Whose pictures you love, and where they go. Add a [[taste]] for each collection: every picture is fetched
# once and judged by all.
[[taste]]
place = {place}
bundle = {bundle}
# How generous to be: the share of pictures like yours that is kept, from 0.5 (strict) to 0.999.
{keep_rate}

# Whose posts you want, and whose you do not, by communities, authors, domains and words of the title.
# [only]
# communities = ["EarthPorn"]

# [never]
# words = ["ai generated"]

# Kept pictures have readable names in the place's folder browse/. They can also go to a gallery, you can be
# told of them, and they can be bounded; docs/deliver.md says more.
# [[deliver]]
# to = "immich:http://photos.lan:2283"
# [[notify]]
# to = "ntfy:https://ntfy.sh/my-secret-topic"
# [space]
# max_size = "50 GB"
"""

_STREAM: Final = """\
[[stream]]
source = {source}
# communities = ["EarthPorn", "SkyPorn"]

"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `bowerbird init` asked for. `contact` may be empty where the environment names one."""

    bundle: str
    place: str
    streams: tuple[str, ...]
    contact: str
    strictness: str = "usual"

    def text(self) -> str:
        """The file's content."""
        rate = STRICTNESS[self.strictness]
        return _TEXT.format(
            contact=f"contact = {_quoted(self.contact)}" if self.contact else '# contact = "you@example.org"',
            streams="".join(_STREAM.format(source=_quoted(source)) for source in self.streams),
            place=_quoted(self.place),
            bundle=_quoted(self.bundle),
            keep_rate="# keep_rate = 0.9" if rate is None else f"keep_rate = {rate}",
        )


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UsageError: it is there, or cannot be written.
    """
    refuse_old(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: {advice(error)}") from None


def refuse_old(path: Path) -> None:
    """Refuse to take the place of a file; raises what `write_new` does."""
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} is there already, and stays as it is: edit it, or name another file")


def _quoted(text: str) -> str:
    # What JSON writes in quotes, TOML reads: https://toml.io/en/v1.0.0#string
    if not text.isprintable():
        raise UsageError(f"{text!r} cannot stand in the file: it has characters that nobody can see")
    return json.dumps(text, ensure_ascii=False)
