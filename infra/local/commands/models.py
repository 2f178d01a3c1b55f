"""`bowerbird models`: the bundles that are here."""

from __future__ import annotations

import argparse
import sys

from bowerbird.errors import BundleError
from bowerbird_models import bundle as bundles


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("models", help="list and verify bundles")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="bundles that can be named")
    listing.set_defaults(run=run_list)
    verifying = actions.add_parser("verify", help="hash every file and judge the canonical pictures")
    verifying.add_argument("bundles", nargs="*", metavar="BUNDLE", help="name or folder (default: all)")
    verifying.set_defaults(run=run_verify)


def run_list(_: argparse.Namespace) -> int:
    """Print a line a bundle."""
    for folder in bundles.installed():
        bundle = bundles.load(folder)
        megabytes = sum(artifact.bytes for artifact in bundle.manifest.artifacts) / 1e6
        mark = "with" if bundle.watermark is not None else "no"
        print(
            f"{bundle.label:24} {megabytes:6.1f} MB  {mark} watermark model  {bundle.manifest.created_from}"
        )
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Check each bundle; exit status 1 if any is not sound."""
    sound = True
    for name in args.bundles or [str(folder) for folder in bundles.installed()]:
        try:
            print(f"{bundles.load(name, verify=True).label}: sound")
        except BundleError as error:
            sound = False
            print(f"{name}: {error}", file=sys.stderr)
    return 0 if sound else 1
