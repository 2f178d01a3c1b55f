"""`bowerbird label PLACE`: the owner says which decisions were right and which were wrong."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.core.errors import UsageError
from bowerbird.core.extras import told_if_missing

if TYPE_CHECKING:
    from bowerbird.review.label.lessons import Lessons
    from bowerbird.review.label.session import LabelSession
    from bowerbird.training.teacher import Teacher


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
        lessons.start()
        print(f"{len(session.cards)} pictures at {address(bound)}", flush=True)
        app = create_app(session, bound.getsockname()[1], lessons=lessons)
        serve(app, bound, verbose=args.verbose)
    return 0


def _lessons(args: argparse.Namespace, session: LabelSession) -> Lessons:
    """What learns while the page is open. The libraries of training load in the background."""
    from bowerbird.review.label.lessons import Lessons

    wanted = args.bundle or session.bundles[0].partition("@")[0]

    def find() -> Teacher:
        with told_if_missing():
            from bowerbird.training.teacher import open_teacher

            return open_teacher(wanted, args.cache)

    start = [] if wanted == "lite" else ["--encoder", wanted]
    out = "taste" if Path(wanted).name != "taste" else "taste-2"
    command = ["bowerbird", "train", "--feedback", args.place, *start, "--out", out]
    return Lessons(session, find, shlex.join(command))
