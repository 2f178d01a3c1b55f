"""What the rule `500px` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "http://ppcdn.500px.org/52866292/9e944f286e9ba110135839dca1aff8a18e18ffe8/2048.jpg": (
        "500px",
        "image",
        "52866292",
    ),
    "https://drscdn.500px.org/photo/96496237/q%3D80_m%3D2000/v2?sig=abc": ("500px", "image", "96496237"),
    "https://500px.com/photo/96496237/dawn-by-someone": ("500px", "page", "96496237"),
    "https://web.500px.com/photo/96496237": ("500px", "page", "96496237"),
    "https://500px.com/p/someone": None,
}
