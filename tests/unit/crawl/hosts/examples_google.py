"""What the rule `google` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://lh4.googleusercontent.com/-QAheZ-eePOM/UPyB8Ws/AAA/CWxsy/w1509-h497-p-k/appt.jpg": (
        "google",
        "resized",
        "81c9080bc060014b",
    ),
    "https://1.bp.blogspot.com/-abc/UPyB8WsCMjI/AAAA/xyz/s640/dawn.JPG": (
        "google",
        "resized",
        "dea5ee15ccfbdb1c",
    ),
    "https://lh3.googleusercontent.com/pw/AbCdEf-123456789_0=w1200-h800-no": (
        "google",
        "resized",
        "f99361818bf08762",
    ),
    "https://lh3.googleusercontent.com/a": None,
}
