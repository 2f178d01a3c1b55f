"""Names the outcomes that pictures should have."""

from typing import Final

# The verdict of the owner's model is a matter of taste, so it depends on the bundle. All else is a fact.
KEPT: Final = "kept"
DULL: Final = "novelty"
