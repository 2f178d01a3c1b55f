"""Decides how many pictures to compute at once."""

from __future__ import annotations

import os
from typing import Final

#: "At 1,769 MB, a function has the equivalent of one vCPU":
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MB_A_CORE: Final = 1769

#: Set by Lambda, and nowhere else.
MEMORY_MB: Final = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"


def cores(memory_mb: int | None) -> int:
    """How many pictures to compute at once: the machine's cores, or those that a function's memory pays for.

    A function sees more cores than it gets the time of. There, one picture more would only cost memory.
    """
    seen = len(os.sched_getaffinity(0))
    return seen if memory_mb is None else max(1, min(seen, memory_mb // _MB_A_CORE))
