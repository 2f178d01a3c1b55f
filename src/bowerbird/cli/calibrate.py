"""`bowerbird calibrate`: choose a bundle's threshold, or how far it trusts previews or a scout."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import above_zero, keep_rate
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.adapters.place import Place
    from bowerbird.adapters.terminal.counting import Advance
    from bowerbird.models.bundle import Bundle
    from bowerbird.training.calibration import Choice


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("calibrate", help="make a bundle stricter or milder")
    parser.add_argument(
        "bundle",
        nargs="?",
        help="the bundle's name or folder (with --from: default the one that judged there)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="BUNDLE",
        help="write a changed copy here (default: change the bundle itself)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--keep-rate",
        type=keep_rate,
        metavar="R",
        help="keep this share of the pictures held out in training",
    )
    how.add_argument(
        "--per-day", type=above_zero, metavar="N", help="keep about N pictures a day; needs --from"
    )
    how.add_argument(
        "--good", type=Path, metavar="DIR", help="new pictures it should keep; needs --reject or --scout"
    )
    how.add_argument(
        "--previews",
        type=Path,
        metavar="DIR",
        help="new pictures: finds how low their small copies may score",
    )
    parser.add_argument(
        "--from", dest="place", metavar="PLACE", help="the place `mine` wrote to: a folder, or s3://…"
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    beside = parser.add_mutually_exclusive_group()
    beside.add_argument("--reject", type=Path, metavar="DIR", help="new pictures it should not keep")
    beside.add_argument(
        "--scout", metavar="BUNDLE", help="a cheaper bundle: finds how low it may score what the bundle keeps"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Choose the value, write the bundle, and print the choice."""
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.models.bundle import load

    _check(args)
    bundle = load(args.bundle or _of_the_place(args))
    out = args.out or bundle.folder
    _check_folders(args, bundle, out)
    with counting("judging pictures") as judged:
        if args.scout is not None:
            _scout(bundle, args, out)
        elif args.previews is not None:
            _previews(bundle, args.previews, out, judged)
        else:
            _threshold(bundle, args, out)
    return 0


def _check(args: argparse.Namespace) -> None:
    # An option that would have no effect without another one is refused, never passed over in silence.
    if all(each is None for each in (args.keep_rate, args.per_day, args.good, args.previews)):
        if args.scout is not None or args.reject is not None:
            raise UsageError("--scout and --reject need --good, a folder of pictures to keep")
        raise UsageError("say by what to choose: --keep-rate, --per-day, --good or --previews")
    if (args.per_day is None) != (args.place is None):
        raise UsageError("--per-day goes with --from PLACE, whose decisions hold the scores")
    if (args.good is None) != (args.scout is None and args.reject is None):
        raise UsageError("--good goes with --reject, the pictures to tell them from, or with --scout")


def _of_the_place(args: argparse.Namespace) -> str:
    """The bundle that judged in the place whose decisions it is calibrated by."""
    from bowerbird.adapters.place import open_existing
    from bowerbird.host.judged_by import remembered

    name = args.place and remembered(open_existing(args.place, args.endpoint_url).state)
    if not name:
        raise UsageError("name the bundle to change: `bowerbird models list` shows the installed ones")
    return str(name)


def _check_folders(args: argparse.Namespace, bundle: Bundle, out: Path) -> None:
    from bowerbird.adapters import beforehand
    from bowerbird.adapters.place import open_existing
    from bowerbird.models.bundle import find

    beforehand.bundle_name(out)
    beforehand.folder_to_write(out, sum(artifact.bytes for artifact in bundle.manifest.artifacts))
    for folder in (args.good, args.reject, args.previews):
        if folder is not None:
            beforehand.pictures_of([folder], str(folder))
    if args.place is not None:
        open_existing(args.place, args.endpoint_url)
    if args.scout is not None:
        find(args.scout)


def _scout(bundle: Bundle, args: argparse.Namespace, out: Path) -> None:
    from bowerbird.models.bundle import load
    from bowerbird.training import scouting

    print(scouting.calibrate(bundle, load(args.scout), [args.good], out))


def _previews(bundle: Bundle, folder: Path, out: Path, judged: Advance) -> None:
    from bowerbird.training import calibration, previews

    found, glance = previews.measure(bundle, folder, judged)
    novelty = bundle.manifest.novelty.model_copy(update={"preview_margin": found.entry()})
    changes: dict[str, object] = {"novelty": novelty}
    if glance and bundle.manifest.glance:
        changes["glance"] = bundle.manifest.glance.model_copy(update={"margin": glance.entry()})
    label = calibration.rewrite(bundle, out, changes)
    print(f"{label}: previews may score {found.value:.3f} below the threshold; {found.chosen}")
    print(f"it spares fetching {found.saved:.0%} of the originals that would be rejected")
    if glance:
        print(f"a glance may score {glance.value:.3f} below the threshold; {glance.chosen}")
        print(f"it spares a closer look at {glance.saved:.0%} of those")


def _threshold(bundle: Bundle, args: argparse.Namespace, out: Path) -> None:
    from bowerbird.adapters.place import open_existing
    from bowerbird.training import calibration

    place = None
    if args.keep_rate is not None:
        choice = calibration.by_keep_rate(bundle, args.keep_rate)
    elif args.per_day is not None:
        place = open_existing(args.place, args.endpoint_url)
        choice = calibration.by_pictures_a_day(bundle, place, args.per_day)
    else:
        choice = calibration.by_two_folders(bundle, args.good, args.reject)
    label = calibration.write(bundle, choice, out)
    print(
        f"{label}: keeps from match {choice.threshold:.4g} (was {bundle.novelty.threshold:.4g}), "
        f"{choice.chosen}"
    )
    if place is not None:
        _promise(bundle, choice, label, place)


def _promise(bundle: Bundle, choice: Choice, label: str, place: Place) -> None:
    """Say what the new threshold promises, if the place has a sample of its stream."""
    from bowerbird.training import stream as streams

    try:
        stream = streams.read(place.store, bundle.manifest.encoder, place.name)
    except UsageError as error:
        print(f"no promise of how many of them you would like: {error}")
        return
    novelty = replace(bundle.novelty, threshold=choice.threshold)
    print(*streams.make_promise(stream, novelty, label, place.store, choice.liked), sep="\n")
