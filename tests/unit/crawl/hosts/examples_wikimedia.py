"""What the rule `wikimedia` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://upload.wikimedia.org/wikipedia/commons/d/da/Alcohol_belt.PNG": (
        "wikimedia",
        "image",
        "Alcohol_belt.PNG",
    ),
    "https://upload.wikimedia.org/wikipedia/commons/2/25/Schenck_-_Anguish_%28art%29.jpg": (
        "wikimedia",
        "image",
        "Schenck_-_Anguish_(art).jpg",
    ),
    "https://upload.wikimedia.org/wikipedia/commons/thumb/2/25/Anguish.jpg/1280px-Anguish.jpg": (
        "wikimedia",
        "resized",
        "Anguish.jpg",
    ),
    "https://upload.wikimedia.org/wikipedia/commons/thumb/c/c9/Habitat.svg/1280px-Habitat.svg.png": (
        "wikimedia",
        "resized",
        "Habitat.svg",
    ),
    "https://upload.wikimedia.org/wikipedia/en/a/a9/Example.jpg": ("wikimedia", "image", "Example.jpg"),
    "https://en.wikipedia.org/wiki/File:Kiwi_aka.jpg": ("wikimedia", "page", "Kiwi_aka.jpg"),
    "https://commons.wikimedia.org/wiki/File:Caf%C3%A9.jpg": ("wikimedia", "page", "Café.jpg"),
    "https://de.wikipedia.org/wiki/Datei:Kiwi.jpg": ("wikimedia", "page", "Kiwi.jpg"),
    "https://en.m.wikipedia.org/wiki/Kiwi#/media/File:Kiwi_aka.jpg": ("wikimedia", "page", "Kiwi_aka.jpg"),
    "https://upload.wikimedia.org/wikipedia/commons/1/11/Sound.ogg": None,
    "https://en.wikipedia.org/wiki/Kiwi": None,
}
