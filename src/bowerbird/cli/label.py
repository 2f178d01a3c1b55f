"""`bowerbird label PLACE`: the owner says which decisions were right and which were wrong."""

from __future__ import annotations

import argparse
from pathlib import Path

from bowerbird.adapters.terminal.option_values import port
from bowerbird.core.errors import UsageError


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("label", help="say which decisions were right, on a page in your browser")
    parser.add_argument("place", metavar="PLACE", help="the place `mine` wrote to: a folder, or s3://…")
    parser.add_argument(
        "--port", type=port, default=8010, help="port to listen on (default: 8010; 0: any free one)"
    )
    parser.add_argument(
        "--bundle",
        metavar="BUNDLE",
        help="the bundle that your answers correct (default: the one that judged here last)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path.home() / ".cache/bowerbird/embeddings.db",
        metavar="FILE",
        help="remembers what the networks saw, for `train` too (default: %(default)s)",
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve the page on 127.0.0.1 until Ctrl-C or TERM.

    Raises:
        UsageError: no decision of the place has a picture to label, or the port is taken.
    """
    from bowerbird.adapters.place import open_existing

    # A place that is none is told before the libraries below are loaded, which takes seconds.
    place = open_existing(args.place, args.endpoint_url)

    from bowerbird.host.judged_by import remembered
    from bowerbird.panel.teaching import teaching
    from bowerbird.review.label.app import create_app
    from bowerbird.review.label.session import open_session
    from bowerbird.serve.server import address, listening, serve

    session = open_session(place.store)
    if not session.cards:
        raise UsageError(f"{args.place}: no decision has a picture; run `mine` without --no-thumbnails")
    with listening("127.0.0.1", args.port) as bound:
        judge = args.bundle or remembered(place.state)
        lessons = teaching(session, place=args.place, cache=args.cache, bundle=judge)
        lessons.start()
        print(f"{len(session.cards)} pictures at {address(bound)}", flush=True)
        app = create_app(session, lessons=lessons)
        serve(app, bound, verbose=args.verbose)
    return 0
