"""Wires the HTTP application: what it runs on, for `bowerbird serve` and for the HTTP function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from fastapi import FastAPI
from PIL import Image

from bowerbird.assembly import Adapters, Settings, assemble
from bowerbird.core.cores import cores
from bowerbird.crawl.hosts import turns
from bowerbird.imaging.isolated import IsolatedDecoder
from bowerbird.models.bundle import load
from bowerbird.models.strictness import at_keep_rate
from bowerbird.net import HttpFetcher
from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.description import describe
from bowerbird.serve.http.gate import Room
from bowerbird.serve.http.judge import judges
from bowerbird.serve.http.raw import SIDE
from bowerbird.serve.http.service import Service
from bowerbird.serve.http.settings import HttpSettings

# One request fetches this many pictures at once; each may hold a whole picture in memory. There are threads
# for all requests, so one request's links to a host that does not answer hold up nobody else's.
_DOWNLOADS: Final = 8


def http_service(
    settings: HttpSettings, gateway: str | None = None, keep_rate: float | None = None
) -> Service:
    """The judges, with their models loaded and tried, so that a bundle that cannot judge stops the start.

    `gateway` is for tests: one server that gets every request for a picture. A `keep_rate` moves the bundle's
    threshold, as that of a taste does.

    Raises:
        BundleError: the bundle is missing or damaged.
    """
    bundle = load(settings.bundle)
    if keep_rate is not None:
        bundle = at_keep_rate(bundle, keep_rate)
    limits = settings.limits()
    computing = cores(settings.memory_mb)
    adapters = Adapters(
        fetcher=HttpFetcher(user_agent=settings.agent, gateway=gateway, turns=turns()),
        decoder=IsolatedDecoder(workers=computing),
        bundle=bundle,
    )
    told = Settings(
        shape=settings.shape(),
        limits=limits.of_a_picture(),
        at_once=computing,
        watermark=settings.watermark,
    )
    width = computing + 1
    grey = Image.new("RGB", (SIDE, SIDE), "grey")
    bundle.encoder.embed([grey])
    if bundle.watermark is not None and settings.watermark != "off":
        bundle.watermark.detect([grey])
    return Service(
        judges=judges(assemble(adapters, told).parts),
        bundle=describe(bundle),
        limits=limits,
        pool=ThreadPoolExecutor(limits.requests * max(width, _DOWNLOADS), thread_name_prefix="judge"),
        room=Room(limits.requests),
        width=width,
        downloads=_DOWNLOADS,
    )


def http_app(settings: HttpSettings) -> FastAPI:
    """Make the API, ready to serve."""
    return create_app(http_service(settings))
