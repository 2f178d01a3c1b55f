"""How Bowerbird is put together: `assemble` makes its parts of the adapters and settings of a shell.

Shells are the embedded host, the HTTP application and the functions on Lambda.
"""

from __future__ import annotations

from bowerbird.assembly.adapters import Adapters
from bowerbird.assembly.assemble import Assembly, assemble
from bowerbird.assembly.settings import RETRY_AT_HOME_S, RETRY_IN_THE_CLOUD_S, Settings

__all__ = ["RETRY_AT_HOME_S", "RETRY_IN_THE_CLOUD_S", "Adapters", "Assembly", "Settings", "assemble"]
