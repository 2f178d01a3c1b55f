"""Puts Bowerbird together: a shell brings adapters and settings, and `assemble` makes the parts of them.

The shells are the embedded host, the HTTP application and the functions on Lambda.
"""

from __future__ import annotations

from bowerbird.assembly.adapters import Adapters
from bowerbird.assembly.assemble import Assembly, assemble
from bowerbird.assembly.settings import RETRY_AT_HOME_S, RETRY_IN_THE_CLOUD_S, Settings

__all__ = ["RETRY_AT_HOME_S", "RETRY_IN_THE_CLOUD_S", "Adapters", "Assembly", "Settings", "assemble"]
