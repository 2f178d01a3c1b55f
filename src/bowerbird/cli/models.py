"""`bowerbird models`: lists the bundles that are here, and fetches published networks."""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import BundleError
from bowerbird.core.whole import replacing

if TYPE_CHECKING:
    from bowerbird.training.pulling import Wanted


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("models", help="list, verify, fetch and pack bundles")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="show the bundles that a command can name")
    listing.set_defaults(run=run_list)
    verifying = actions.add_parser(
        "verify", help="check every file, and judge the pictures whose scores are known"
    )
    verifying.add_argument(
        "bundles", nargs="*", metavar="BUNDLE", help="a bundle's name or folder (default: all)"
    )
    verifying.set_defaults(run=run_verify)
    pulling = actions.add_parser("pull", help="fetch networks from their publishers")
    pulling.add_argument(
        "what",
        choices=("clip", "watermark", "aesthetic"),
        help="clip brings the watermark classifier and the aesthetic head that belong to it",
    )
    pulling.add_argument(
        "--precision",
        choices=("int8", "fp16", "fp32"),
        default="int8",
        help="the precision of clip's numbers (default: int8)",
    )
    pulling.add_argument(
        "--preprocess",
        choices=("squash", "clip"),
        default="squash",
        help="how clip sees pictures. squash: like the original filter (default); clip: as CLIP was trained",
    )
    pulling.add_argument(
        "--to", type=Path, metavar="DIR", help="the folder to write to (default: one in ~/.cache/bowerbird)"
    )
    pulling.add_argument(
        "--published",
        type=Path,
        metavar="FILE",
        help="another table of addresses and hashes, such as a mirror's (default: the publishers' own)",
    )
    pulling.set_defaults(run=run_pull)
    exporting = actions.add_parser("export", help="pack a sound bundle into one .zip")
    exporting.add_argument("bundle", help="the bundle's name or folder")
    exporting.add_argument("file", type=Path, metavar="FILE.zip")
    exporting.set_defaults(run=run_export)


def run_list(_: argparse.Namespace) -> int:
    """Print a line a bundle."""
    from bowerbird.models import bundle as bundles

    for folder in bundles.installed():
        bundle = bundles.load(folder)
        megabytes = sum(artifact.bytes for artifact in bundle.manifest.artifacts) / 1e6
        mark = "with" if bundle.watermark is not None else "no"
        print(
            f"{bundle.label:24} {megabytes:6.1f} MB  {mark} watermark model  {bundle.manifest.created_from}"
        )
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Check each bundle; exit status 1 if any is not sound."""
    from bowerbird.models import bundle as bundles

    sound = True
    for name in args.bundles or [str(folder) for folder in bundles.installed()]:
        try:
            print(f"{bundles.load(name, verify=True).label}: sound")
        except BundleError as error:
            sound = False
            print(shown(f"{name}: {error}"), file=sys.stderr)
    return 0 if sound else 1


def run_pull(args: argparse.Namespace) -> int:
    """Say what is fetched and how large it is, fetch it, and say what to do next."""
    from bowerbird.adapters import beforehand
    from bowerbird.training import published, pulling

    table = published.read(args.published or published.OWN)
    folder = args.to or published.PULLED / (f"clip-{args.precision}" if args.what == "clip" else args.what)
    files = pulling.wanted(table, args.what, args.precision, args.preprocess)
    missing = pulling.missing(files, folder)
    beforehand.folder_to_write(folder, int(sum(each.file.megabytes for each in missing) * 1e6))
    print(pulling.announce(missing, folder), file=sys.stderr)
    by_hand = next((each.file for each in files if each.by_hand), None)
    if by_hand is not None:
        print(
            f"{by_hand.file} then needs PyTorch (`make train-env`, 1 GB); int8 and fp16 do not",
            file=sys.stderr,
        )
    for each in files:
        _pull(each, folder)
    if by_hand is not None:
        module = "layers.models.workshop.export_clip"
        print(f"convert it: .venv-train/bin/python -m {module} {folder / by_hand.file} --out {folder}")
    elif args.what == "clip":
        name = folder if args.to else folder.name
        print(f"learn with it: bowerbird train --encoder {name} --good DIR --out BUNDLE")
    else:
        print(f"ready: `bowerbird train` takes it along with the encoder.json in {folder}")
    return 0


def _pull(each: Wanted, folder: Path) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from bowerbird.training import pulling

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(each.file.file, total=None)

        def report(have: int, whole: int | None) -> None:
            progress.update(task, completed=have, total=whole)

        pulling.pull(each, folder, report)


def run_export(args: argparse.Namespace) -> int:
    """Verify a bundle, then pack its manifest and artifacts. The same bundle gives the same bytes."""
    from bowerbird.adapters import beforehand
    from bowerbird.models import bundle as bundles
    from bowerbird.models import manifest as manifests

    folder = bundles.find(args.bundle)
    beforehand.file_to_write(args.file, sum(each.bytes for each in manifests.read(folder).artifacts))
    bundle = bundles.load(folder.resolve(), verify=True)
    names = [manifests.FILE_NAME, *(artifact.file for artifact in bundle.manifest.artifacts)]
    with replacing(args.file) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            # The default date is 1980, the earliest that a zip can hold. So no clock changes the bytes.
            archive.writestr(
                zipfile.ZipInfo(f"{bundle.manifest.name}/{name}"), (bundle.folder / name).read_bytes()
            )
    print(f"{args.file}: {bundle.label}, {args.file.stat().st_size / 1e6:.1f} MB")
    return 0
