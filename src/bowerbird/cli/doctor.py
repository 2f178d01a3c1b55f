"""`bowerbird doctor`: says what works here, and how to mend the rest."""

from __future__ import annotations

import argparse
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import (
    BowerbirdError,
    SourceBlockedError,
    SourceUnreachableError,
    StoreError,
    UsageError,
)

if TYPE_CHECKING:
    from bowerbird.adapters.place import Place
    from bowerbird.crawl.host_health import HostState
    from bowerbird.crawl.source_health import SourceState
    from bowerbird.crawl.sources.base import Context

#: A source that answers one request in this many seconds is reachable.
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Names a thing that the doctor looked at, its state (`ok`, or a word for the fault), and what to do.

    `about` tells what is worth knowing before one chooses it.
    """

    what: str
    name: str
    state: str
    detail: str = ""
    about: str = ""

    def __str__(self) -> str:
        line = f"{self.what:7} {self.name:20} {self.state:12} {self.detail}".rstrip()
        return f"{line}\n        {self.about}" if self.about else line


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("doctor", help="check what works on this machine: sources, bundle, store")
    parser.add_argument("--source", action="append", metavar="SPEC", help="check this source (repeatable)")
    parser.add_argument("--communities", default="", metavar="A+B", help="as for `mine`")
    parser.add_argument(
        "--link", action="append", metavar="URL", help="also check this picture's host (repeatable)"
    )
    parser.add_argument(
        "--bundle", default="lite", help="the bundle to check: its name or folder (default: lite)"
    )
    parser.add_argument(
        "--out",
        metavar="PLACE",
        help="try to write here: a folder, or s3://bucket[/prefix]; also show its last day's hosts",
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument("--gateway", metavar="URL", help="send every request to this server instead")
    parser.add_argument(
        "--alive",
        nargs="?",
        const="",
        metavar="PLACE",
        help="only tell whether `mine` works on this place, or on those of bowerbird.toml",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Check everything and print what is found.

    The exit status is 3 when no source is reachable, 1 when the bundle or the store is not sound, and 2 when
    the owner has not said who asks.
    """
    if args.alive is not None:
        return _alive(args)
    from bowerbird.host.wiring import source_context

    context = source_context(args.gateway, communities=args.communities)
    findings = []
    for finding in _findings(args, context):
        findings.append(finding)
        lines = [json.dumps(asdict(finding))] if args.json else map(shown, str(finding).splitlines())
        print(*lines, sep="\n", flush=True)
    return status(findings)


def _alive(args: argparse.Namespace) -> int:
    """Say whether a run shows signs of life. This asks nobody, and is cheap enough for every few seconds."""
    from bowerbird.adapters.place import state_of
    from bowerbird.host.alive import silence

    if args.alive:
        states = [state_of(args.alive, args.endpoint_url)]
    elif args.configuration:
        states = [state_of(each.place, each.endpoint_url) for each in args.configuration.config.taste]
    else:
        raise UsageError("--alive needs a PLACE where there is no bowerbird.toml")
    silent = [why for state in states if (why := silence(state))]
    print(shown(silent[0] if silent else "`bowerbird mine` is alive"))
    return int(bool(silent))


def status(findings: list[Finding]) -> int:
    """Choose the exit status for these findings."""
    sources = [finding.state for finding in findings if finding.what == "source"]
    if any(finding.what == "contact" for finding in findings):
        return 2
    if not {"ok", "empty"} & set(sources):
        return 3
    # The doctor tells what hosts did to an earlier day's downloads. Only what is wrong now is a failure.
    now = (finding for finding in findings if finding.what not in {"source", "history"})
    return int(any(finding.state not in {"ok", "empty"} for finding in now))


def _findings(args: argparse.Namespace, context: Context) -> Iterator[Finding]:
    from bowerbird.adapters.place import open_place
    from bowerbird.crawl.sources import probes, source_specs
    from bowerbird.net.user_agent import NO_CONTACT
    from bowerbird.review.report.host_health import last_days_hosts

    specs = source_specs()
    looked_at = {spec: specs.get(spec.partition(":")[0]) for spec in args.source or probes()}
    if context.anonymous and any(known and known.live for known in looked_at.values()):
        yield Finding("contact", "BOWERBIRD_CONTACT", "missing", NO_CONTACT)
    for spec, known in looked_at.items():
        state = probe(spec, context)
        detail = "not asked: see BOWERBIRD_CONTACT" if state.detail == NO_CONTACT else state.detail
        yield Finding("source", spec, state.health, detail, known.advice if known else "")
    if args.link:
        yield from _hosts(args.link, args.gateway)
    yield _bundle(args.bundle)
    if args.out:
        finding = _store(args.out, args.endpoint_url)
        yield finding
        if finding.state == "ok":
            place = open_place(args.out, args.endpoint_url)
            yield from _files(place)
            yield from (_of("history", state) for state in last_days_hosts(place.store))


def _hosts(links: Sequence[str], gateway: str | None) -> Iterator[Finding]:
    """Report how the hosts of these pictures answer."""
    from bowerbird.crawl.host_health import host_state
    from bowerbird.crawl.hosts import turns
    from bowerbird.host.wiring import crawler, http_fetcher

    with http_fetcher(gateway, turns()) as http:
        for link in links:
            yield _of("host", host_state(link, crawler(http).hosts, http))


def _files(place: Place) -> Iterator[Finding]:
    """Check the queue, the ledger and the index, if they are there."""
    from bowerbird.adapters.folder.disk import damaged
    from bowerbird.adapters.sqlite.salvage import ailment
    from bowerbird.host.state_files import SCHEMAS

    for name, schema in SCHEMAS.items():
        path = place.state / name
        try:
            why = ailment(path, schema) if path.exists() else None
        except StoreError as error:
            yield Finding("file", name, "unusable", str(error))
            continue
        if why is not None:
            yield Finding("file", name, "damaged", str(damaged(path, why)))
        elif path.exists():
            yield Finding("file", name, "ok")


def _of(what: str, state: HostState) -> Finding:
    return Finding(what, state.host, state.health, state.detail)


def probe(spec: str, context: Context) -> SourceState:
    """Ask a source for one page."""
    from bowerbird.crawl.source_health import SourceState, source_state
    from bowerbird.crawl.sources import open_source

    try:
        source = open_source(spec, replace(context, store=None, requests=1, seconds=PATIENCE_S))
        return source_state(spec, sum(1 for _ in zip(range(1), source.posts(), strict=False)))
    except (SourceBlockedError, SourceUnreachableError) as error:
        return source_state(spec, 0, error)
    except UsageError as error:
        return SourceState(spec, "unusable", str(error))


def _bundle(name: str) -> Finding:
    from bowerbird.models.bundle import load

    try:
        return Finding("bundle", load(name, verify=True).label, "ok")
    except BowerbirdError as error:
        return Finding("bundle", name, "unsound", str(error))


def _store(place: str, endpoint_url: str | None) -> Finding:
    """Write, read back and remove a test object, under a key that nobody else can have."""
    from bowerbird.adapters.place import open_place

    key, data = f"doctor/{uuid.uuid4().hex}", b"bowerbird doctor was here"
    try:
        store = open_place(place, endpoint_url).store
        store.put(key, data, content_type="text/plain")
        same = store.get(key) == data
        store.delete(key)
    except (BowerbirdError, OSError) as error:
        return Finding("store", place, "unwritable", str(error))
    return Finding(
        "store", place, "ok" if same else "unwritable", "" if same else "reads back something else"
    )
