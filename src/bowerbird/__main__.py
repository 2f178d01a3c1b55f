"""`python -m bowerbird`, where the command itself is not on the PATH."""

from __future__ import annotations

import sys

from bowerbird.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
