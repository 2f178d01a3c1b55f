"""What marks and signs say: invented names, sites and notices. No real brand is among them."""

from __future__ import annotations

import numpy as np

from .chance import happens

_STARTS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io"]
_ENDS = ["", "", "n", "r", "s", "l", "ck", "nd", "th", "m"]
_TRADES = [
    "Photography",
    "Photo",
    "Studio",
    "Images",
    "Pictures",
    "Art",
    "Gallery",
    "Visuals",
    "Media",
    "Archive",
    "Prints",
    "Travel",
]
_SITES = ["com", "net", "org", "photo", "co", "io", "de", "art"]
_SIGNS = [
    "OPEN",
    "EXIT",
    "STOP",
    "CAFE",
    "HOTEL",
    "MARKET",
    "PARKING",
    "SALE",
    "BEACH",
    "STATION",
    "MUSEUM",
    "TRAIL",
    "BAKERY",
    "DANGER",
    "NORTH",
]


def name(rng: np.random.Generator) -> str:
    """An invented name of two or three syllables, capitalised."""
    syllables = (rng.choice(_STARTS) + rng.choice(_VOWELS) for _ in range(rng.integers(2, 4)))
    return ("".join(syllables) + rng.choice(_ENDS)).capitalize()


def credit(rng: np.random.Generator) -> str:
    """A line that claims a picture: "© Mira Tolen 2019", "TOLEN PHOTOGRAPHY", "@miratolen"."""
    first, last, year = name(rng), name(rng), rng.integers(1998, 2027)
    forms = (
        f"© {first} {last}",
        f"© {first} {last} {year}",
        f"{first} {last} {rng.choice(_TRADES)}",
        f"© {year} {last} {rng.choice(_TRADES)}",
        f"{first} {last}",
        f"Photo by {first} {last}",
        f"@{first}{last}".lower(),
        f"{last}",
        f"Copyright {first} {last}. All rights reserved",
    )
    text = str(rng.choice(forms))
    return text.upper() if happens(rng, 0.25) else text


def url(rng: np.random.Generator) -> str:
    """A site's address: "www.tolenphoto.com"."""
    host = f"{name(rng)}{rng.choice(['', *_TRADES])}".lower()
    prefix = rng.choice(["www.", "", "http://", "www."])
    path = rng.choice(["", "", "", f"/{name(rng).lower()}"])
    return f"{prefix}{host}.{rng.choice(_SITES)}{path}"


def stock(rng: np.random.Generator) -> str:
    """A word a picture agency repeats over its previews: "tolenstock", "PREVIEW"."""
    forms = (
        f"{name(rng)}stock",
        f"{name(rng)}images",
        "PREVIEW",
        "SAMPLE",
        name(rng),
        f"© {name(rng)}",
        url(rng),
    )
    text = str(rng.choice(forms))
    return text.lower() if happens(rng, 0.4) else text


def caption(rng: np.random.Generator) -> str:
    """A longer line under a picture: a place, a number, a credit."""
    place = f"{name(rng)} {rng.choice(['Lake', 'Valley', 'Peak', 'Bay', 'Forest', 'Falls'])}"
    return f"{place}{rng.choice([' - ', ' | ', ', '])}{rng.choice([credit(rng), url(rng)])}"


def sign(rng: np.random.Generator) -> str:
    """What stands on a board, a shop front or a number plate inside the scene."""
    plate = "".join(rng.choice(list("ABCDEFGHKLMNPRSTVWXYZ"), 2)) + f" {rng.integers(100, 9999)}"
    text = rng.choice([rng.choice(_SIGNS), name(rng), plate, f"{rng.choice(_SIGNS)} {rng.integers(2, 99)}"])
    return str(text).upper() if happens(rng, 0.6) else str(text)
