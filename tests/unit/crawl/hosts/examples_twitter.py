"""What the rule `twitter` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg": ("twitter", "resized", "DMV41qCW0AAcIT7"),
    "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg?name=orig": ("twitter", "resized", "EcQTwZxWsAI5thr"),
    "https://pbs.twimg.com/media/EcQTwZxWsAI5thr.jpg:large": ("twitter", "resized", "EcQTwZxWsAI5thr"),
    "https://pbs.twimg.com/media/EcQTwZxWsAI5thr?format=png&name=small": (
        "twitter",
        "resized",
        "EcQTwZxWsAI5thr",
    ),
    "https://pbs.twimg.com/media/EcQTwZxWsAI5thr": None,
    "https://pbs.twimg.com/profile_images/1/x": None,
    "https://twitter.com/someone/status/123": None,
}
