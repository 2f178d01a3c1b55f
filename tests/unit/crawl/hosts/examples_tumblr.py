"""What the rule `tumblr` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "http://56.media.tumblr.com/2a32ae0e99abd16f10ea0e96b1398f98/tumblr_o3c6n5IjS61qbsnsyo1_1280.jpg": (
        "tumblr",
        "image",
        "o3c6n5IjS61qbsnsyo1",
    ),
    "http://25.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/tumblr_mrs83rtHXl1s1rffco1_500.jpg": (
        "tumblr",
        "resized",
        "mrs83rtHXl1s1rffco1",
    ),
    "https://media.tumblr.com/tumblr_mrs83rtHXl1s1rffco1_500.png": (
        "tumblr",
        "resized",
        "mrs83rtHXl1s1rffco1",
    ),
    "https://64.media.tumblr.com/9a9c8602f49be8d2729bda50b6029dad/0123456789abcdef-12/s1280x1920/0a0a.jpg": (
        "tumblr",
        "image",
        "9a9c8602f49be8d2729bda50b6029dad",
    ),
    "https://someone.tumblr.com/post/123456/a-title": None,
}
