"""Wires `bowerbird serve`, apart from the host's wiring, since only this command needs a web framework."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from PIL import Image

from bowerbird.core.cores import cores
from bowerbird.core.usual import Marks
from bowerbird.net.user_agent import AT_HOME
from bowerbird.serve.anti_sus import Keep
from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.service import Service
from bowerbird.serve.http.settings import HttpSettings
from bowerbird.serve.http.wiring import http_service
from bowerbird.serve.names import KnownNames
from bowerbird.serve.server import address, listening, serve
from bowerbird.serve.zeromq import serving


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where to listen, and with which models.

    `zmq` is an address or None. `names` are further names that callers may use, besides the obvious ones.
    `watermark` says what a watermark means.
    """

    host: str
    port: int
    bundle: str
    zmq: str | None = None
    verbose: bool = False
    names: tuple[str, ...] = ()
    watermark: Marks = "reject"


def run_server(options: ServeOptions) -> None:
    """Serve until stopped."""
    with ExitStack() as stack:
        bound = stack.enter_context(listening(options.host, options.port))
        settings = HttpSettings(bundle=options.bundle, user_agent=AT_HOME, watermark=options.watermark)
        service = http_service(settings)
        print(f"{service.bundle.bundle} at {address(bound)}", flush=True)
        if options.zmq is not None:
            endpoint = stack.enter_context(serving(options.zmq, keeping(service), cores()))
            print(f"{service.bundle.bundle} at {endpoint} for anti_sus clients", flush=True)
        serve(KnownNames(create_app(service), (options.host, *options.names)), bound, verbose=options.verbose)


def keeping(service: Service) -> Keep:
    """Make the function that tells the original clients whether to keep a picture."""
    judge = service.judges.plain

    def keep(image: Image.Image) -> bool:
        return judge.array("zmq", image).keep

    return keep
