"""What the rule `deviantart` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "http://sykohyko.deviantart.com/art/Conor-Mcgregor-593853650?ga_submit_new=10%253A1456772473": (
        "deviantart",
        "page",
        "593853650",
    ),
    "https://www.deviantart.com/someone/art/Helix-Awakens-593971146": ("deviantart", "page", "593971146"),
    "https://fav.me/d97i6yv": ("deviantart", "page", "d97i6yv"),
    "https://www.deviantart.com/someone/gallery": None,
    "https://www.deviantart.com/someone/journal/Hello-593971146": None,
}
