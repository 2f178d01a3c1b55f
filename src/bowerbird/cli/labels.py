"""`bowerbird labels import FILE --into PLACE`: turns deletions in scenery into labels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bowerbird.core.errors import UsageError


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("labels", help="take in labels from elsewhere")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    reading = actions.add_parser("import", help="label as rejects what you deleted in scenery")
    reading.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a list of scenery's ids, scenery's pages, or posts; one a line",
    )
    reading.add_argument(
        "--into", required=True, dest="place", metavar="PLACE", help="the place `mine` wrote to"
    )
    reading.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    reading.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import; exit status 1 when no line matched."""
    from bowerbird.adapters.place import open_store
    from bowerbird.review.label.imported import import_deletions

    try:
        lines = args.file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{args.file}: cannot be read ({error})") from None
    result = import_deletions(open_store(args.place, args.endpoint_url), lines)
    print(f"{len(result.labelled)} labelled as rejects, {len(result.unknown)} lines match no survivor here")
    for line in result.unknown[:5]:
        print(f"bowerbird: no survivor: {line[:200]!r}", file=sys.stderr)
    return 0 if result.labelled or not result.unknown else 1
