"""`bowerbird serve`: judge pictures over HTTP, and over ZeroMQ as the original filter server did."""

from __future__ import annotations

import argparse

from bowerbird.core.usual import MARKS


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("serve", help="judge pictures on a web page and over HTTP")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port to listen on (default: 8000; 0: any free one)"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer when it is called by this host name (repeatable)",
    )
    parser.add_argument(
        "--bundle", default="lite", help="who judges: a bundle's name or folder (default: lite)"
    )
    parser.add_argument(
        "--watermark",
        choices=MARKS,
        default="reject",
        help="what a watermark means: reject the picture, note it, or off: look for none (default: reject)",
    )
    parser.add_argument(
        "--zmq",
        metavar="ADDR",
        help="also answer here as the original filter server, anti_sus, did: tcp://127.0.0.1:7777",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or TERM."""
    from bowerbird.serve.wiring import ServeOptions, run_server

    names = tuple(args.name)
    run_server(
        ServeOptions(
            args.host,
            args.port,
            args.bundle,
            args.zmq,
            verbose=args.verbose,
            names=names,
            watermark=args.watermark,
        )
    )
    return 0
