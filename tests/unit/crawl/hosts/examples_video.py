"""What the rule `video` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://www.youtube.com/watch?v=8TdX7i2lHd4": ("video", "video", "7c0cd95504ea24a8"),
    "https://youtu.be/8TdX7i2lHd4": ("video", "video", "31aab759fd941e6c"),
    "https://gfycat.com/dangerousgleamingfirefly": ("video", "video", "b9c8f13438815f32"),
    "https://v.cameo.com/3VIq9Yfa8cb": ("video", "video", "af498f4fa9adbbce"),
    "http://www.youtube.com": None,
    "https://notyoutube.com/watch": None,
}
