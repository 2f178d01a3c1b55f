"""Lists the filter's choices that the command line's help shows; so this imports nothing else."""

from __future__ import annotations

from typing import Final, Literal

#: Replaced pictures wait this many days, unless the owner says otherwise.
KEEP_DAYS: Final = 30

#: Bowerbird makes these observations only when asked: the picture in full size, and one more network.
COSTLY: Final = ("detail", "quality", "nsfw")

#: What a watermark means: the picture is rejected, or it is merely noted, or nobody looks for one.
Marks = Literal["reject", "note", "off"]
MARKS: Final[tuple[Marks, ...]] = ("reject", "note", "off")

#: What to make of posts that, by the owner's decisions, hardly ever bring a picture that is kept.
OFF: Final = "off"
ORDER: Final = "order"
REJECT: Final = "reject"

#: This share of what the model of posts turns down is looked at anyway, so that it can be wrong and learn.
LOOK: Final = 0.05
