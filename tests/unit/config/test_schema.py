"""What an option takes, a key of the file takes, too."""

from __future__ import annotations

from typing import get_args

from bowerbird.config.tastes import Taste
from bowerbird.core.usual import COSTLY


def test_what_can_be_noted_by_option_can_be_noted_by_the_file() -> None:
    words = get_args(get_args(Taste.model_fields["note"].annotation)[0])
    assert words == COSTLY
