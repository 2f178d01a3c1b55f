"""`bowerbird serve`: judge pictures over HTTP, and over ZeroMQ as the original filter server did.

With `--page`, it also shows the page of an installation at home.
"""

from __future__ import annotations

import argparse

from bowerbird.adapters.terminal.option_values import port
from bowerbird.core.errors import UsageError
from bowerbird.core.usual import MARKS


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("serve", help="judge pictures on a web page and over HTTP")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, default=8000, help="port to listen on (default: 8000; 0: any free one)"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer when it is called by this host name (repeatable)",
    )
    parser.add_argument(
        "--bundle",
        help="who judges: a bundle's name or folder (default: lite; with --page: who judged there last)",
    )
    parser.add_argument(
        "--page",
        nargs="?",
        const="",
        metavar="PLACE",
        help="also show what `mine` does at this place, or at those of bowerbird.toml",
    )
    parser.add_argument(
        "--new-token",
        action="store_true",
        help="with --page and another --host: make a new token to sign in with, and sign everybody out",
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument(
        "--watermark",
        choices=MARKS,
        help="what a watermark means: reject the picture, note it, or off: look for none (default: reject)",
    )
    parser.add_argument(
        "--zmq",
        metavar="ADDR",
        help="also answer here as the original filter server, anti_sus, did: tcp://127.0.0.1:7777",
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or TERM.

    Raises:
        UsageError: the place is not there, or options do not go together.
    """
    names = tuple(args.name)
    if args.page is not None:
        return _page(args, names)
    if args.new_token:
        raise UsageError("--new-token belongs to --page: without the page nobody signs in")
    from bowerbird.serve.wiring import ServeOptions, run_server

    bundle = args.bundle or "lite"
    run_server(
        ServeOptions(
            args.host,
            args.port,
            bundle,
            args.zmq,
            verbose=args.verbose,
            names=names,
            watermark=args.watermark or "reject",
        )
    )
    return 0


def _page(args: argparse.Namespace, names: tuple[str, ...]) -> int:
    from bowerbird.adapters.place import open_existing, open_place
    from bowerbird.panel.wiring import PageOptions, run_page

    if args.zmq is not None:
        raise UsageError(
            "--page and --zmq do not go together; start `bowerbird serve --zmq` as another process"
        )
    tastes = args.configuration.config.taste if args.configuration else ()
    named = [(args.page, args.endpoint_url)] if args.page else [(t.place, t.endpoint_url) for t in tastes]
    if not named:
        raise UsageError(
            "--page: name the place that `mine` writes to, or write a bowerbird.toml: `bowerbird init`"
        )
    # A place of the configuration may be younger than its first run.
    opened = open_existing if args.page else open_place
    places = [opened(place, endpoint) for place, endpoint in named]
    taste = tastes[0] if tastes and not args.page else None
    options = PageOptions(
        args.host,
        args.port,
        args.bundle,
        taste.bundle if taste else "lite",
        keep_rate=None if taste is None or args.bundle else taste.keep_rate,
        watermark=args.watermark or (taste and taste.watermark) or "reject",
        names=names,
        new_token=args.new_token,
        verbose=args.verbose,
    )
    run_page(places, options, lambda line: print(line, flush=True))
    return 0
