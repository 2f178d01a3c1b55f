"""Who asks, honestly: https://github.com/reddit-archive/reddit/wiki/API."""

from __future__ import annotations

from typing import Final

from bowerbird import __version__

#: What a machine at home says unless its owner says more.
AT_HOME: Final = f"linux:bowerbird:{__version__}"
#: What the functions say.
IN_THE_CLOUD: Final = f"aws-lambda:bowerbird:{__version__}"
