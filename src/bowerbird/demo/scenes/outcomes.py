"""What should become of pictures."""

from typing import Final

# What the owner's model says is a matter of taste, and so of the bundle; every other outcome is a fact.
KEPT: Final = "kept"
DULL: Final = "novelty"
