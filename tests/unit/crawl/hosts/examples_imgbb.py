"""What the rule `imgbb` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://ibb.co/abc1234": ("imgbb", "page", "abc1234"),
    "https://i.ibb.co/abc1234/dawn.jpg": ("imgbb", "image", "abc1234"),
    "https://ibb.co/album/abc1234": None,
    "https://i.ibb.co/abc1234/": None,
}
