"""`bowerbird demo`."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("demo", help="try everything offline, on one recorded hour of posts")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo-out"),
        metavar="DIR",
        help="the folder to write to (default: demo-out)",
    )
    parser.add_argument(
        "--bundle", default="lite", help="who judges: a bundle's name or folder (default: lite)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the demo and say where its sheet is."""
    from bowerbird.demo.rehearsal import run_demo
    from bowerbird.models.bundle import find

    find(args.bundle)  # before a folder is made for nothing
    files = run_demo(args.out, args.bundle)
    for path in filter(None, (files.page, files.picture, files.histogram)):
        print(path)
    return 0
