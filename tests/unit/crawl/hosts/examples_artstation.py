"""What the rule `artstation` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://cdn0.artstation.com/p/assets/images/images/002/436/592/large/devin-elle-kurtz.jpg?1461716131": (
        "artstation",
        "resized",
        "002436592",
    ),
    "https://cdna.artstation.com/p/assets/images/images/002/436/592/20160426190000/smaller_square/x.jpg?1": (
        "artstation",
        "resized",
        "002436592",
    ),
    "https://www.artstation.com/artwork/gPz1d": ("artstation", "artwork", "gPz1d"),
    "https://artstation.com/projects/gPz1d.json": ("artstation", "artwork", "gPz1d"),
    "https://www.artstation.com/someone": None,
}
