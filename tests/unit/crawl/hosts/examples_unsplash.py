"""What the rule `unsplash` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://images.unsplash.com/photo-1501785888041-af3ef285b470?ixlib=rb-1.2.1&w=1080": (
        "unsplash",
        "resized",
        "photo-1501785888041-af3ef285b470",
    ),
    "https://images.unsplash.com/photo-1501785888041-af3ef285b470": (
        "unsplash",
        "image",
        "photo-1501785888041-af3ef285b470",
    ),
    "https://unsplash.com/photos/eOpewngf68w": ("unsplash", "page", "eOpewngf68w"),
    "https://unsplash.com/photos/lake-under-a-sky-eOpewngf68w": ("unsplash", "page", "eOpewngf68w"),
    "https://unsplash.com/de/photos/lake-eOpewngf68w": ("unsplash", "page", "eOpewngf68w"),
    "https://unsplash.com/@someone": None,
    "https://plus.unsplash.com/premium_photo-1661": None,
}
