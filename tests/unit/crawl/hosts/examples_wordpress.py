"""What the rule `wordpress` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://example.org/wp-content/uploads/2016/05/dawn-1024x683.jpg": (
        "wordpress",
        "resized",
        "69d5ba61664832b8",
    ),
    "https://i0.wp.com/example.org/wp-content/uploads/2016/05/dawn.jpg?resize=640%2C480": (
        "wordpress",
        "resized",
        "69d5ba61664832b8",
    ),
    "https://i2.wp.com/dawn.jpg": ("direct", "image", "98cfac9d3f0fe893"),
    "https://example.org/wp-content/uploads/2016/05/dawn.jpg": ("direct", "image", "82b01d2913b79fc1"),
}
