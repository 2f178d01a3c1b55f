"""`bowerbird label PLACE`: the owner says which decisions were right and which were wrong."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.core.errors import BowerbirdError, UsageError

if TYPE_CHECKING:
    from bowerbird.review.label.lessons import Lessons
    from bowerbird.review.label.session import LabelSession


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("label", help="say which decisions were right, on a page in your browser")
    parser.add_argument("place", metavar="PLACE", help="the place `mine` wrote to: a folder, or s3://…")
    parser.add_argument(
        "--port", type=int, default=8010, help="port to listen on (default: 8010; 0: any free one)"
    )
    parser.add_argument(
        "--bundle",
        metavar="BUNDLE",
        help="the bundle that your answers correct (default: the one that decided here)",
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
    from bowerbird.adapters.place import open_store
    from bowerbird.review.label.app import create_app
    from bowerbird.review.label.session import open_session
    from bowerbird.serve.server import address, listening, serve

    session = open_session(open_store(args.place, args.endpoint_url))
    if not session.cards:
        raise UsageError(f"{args.place}: no decision has a picture; run `mine` without --no-thumbnails")
    with listening("127.0.0.1", args.port) as bound:
        lessons = _lessons(args, session)
        if lessons is not None:
            lessons.start()
        print(f"{len(session.cards)} pictures at {address(bound)}", flush=True)
        app = create_app(session, bound.getsockname()[1], lessons=lessons)
        serve(app, bound, verbose=args.verbose)
    return 0


def _lessons(args: argparse.Namespace, session: LabelSession) -> Lessons | None:
    """What learns while the page is open; the page serves without it, and the terminal says why."""
    from bowerbird.core.extras import told_if_missing

    wanted = args.bundle or (session.bundles[0].partition("@")[0] if session.bundles else "lite")
    try:
        with told_if_missing():
            from bowerbird.review.label.lessons import Lessons
            from bowerbird.training.teacher import open_teacher

            teacher = open_teacher(wanted, args.cache)
    except BowerbirdError as error:
        if args.bundle:
            raise
        print(
            f"bowerbird: the page will not learn while you label ({error}); name a --bundle", file=sys.stderr
        )
        return None
    command = ["bowerbird", "train", "--feedback", args.place]
    command += [] if wanted == "lite" else ["--encoder", wanted]
    return Lessons(session, teacher, f"{shlex.join(command)} --out taste")
