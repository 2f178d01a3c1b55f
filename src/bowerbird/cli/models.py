"""`bowerbird models`: lists the bundles that are here, and fetches published networks."""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import BundleError
from bowerbird.core.whole import replacing, write_whole

if TYPE_CHECKING:
    from bowerbird.models.manifest import PreprocessEntry
    from bowerbird.training.published import Published

_NETWORKS = Path.home() / ".cache/bowerbird"
# Torch must read these weights first, in the environment of `make train-env`.
_CONVERTERS = {
    "clip": "layers.models.workshop.export_clip",
    "watermark": "layers.models.workshop.watermark.convert_published",
    "aesthetic": "layers.models.workshop.convert_aesthetic",
}


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
    pulling.add_argument("what", choices=("clip", "watermark", "aesthetic"))
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
        "--to", type=Path, metavar="DIR", help=f"the folder to write to (default: a folder in {_NETWORKS})"
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
    """Fetch a network, and say what to do next."""
    from bowerbird.adapters import beforehand
    from bowerbird.training import published

    table = published.read(args.published or published.OWN)
    name, what = args.what, getattr(table, args.what)
    if name == "clip":
        name, what = f"clip-{args.precision}", table.clip[args.precision]
    folder = args.to or _NETWORKS / name
    beforehand.folder_to_write(folder)
    pull(what, folder)
    if what.dim is None:
        module = _CONVERTERS[args.what]
        print(f"convert it: .venv-train/bin/python -m {module} {folder / what.file} --out {folder}")
        return 0
    describe(what, folder, table.preprocess[args.preprocess])
    print(f"learn with it: bowerbird train --encoder {folder / 'encoder.json'} --good DIR --out BUNDLE")
    return 0


def pull(what: Published, folder: Path) -> None:
    """Fetch one published file into a folder, with a progress bar."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from bowerbird.training.download import download

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what.file, total=None)

        def report(have: int, whole: int | None) -> None:
            progress.update(task, completed=have, total=whole)

        download(what.remote, folder / what.file, report=report)


def describe(what: Published, folder: Path, preprocess: PreprocessEntry) -> None:
    """Write the `encoder.json` that `bowerbird train --encoder` reads."""
    from bowerbird.models.manifest import Artifact, EncoderEntry

    artifact = Artifact(
        file=what.file,
        sha256=what.sha256,
        bytes=(folder / what.file).stat().st_size,
        licence=what.licence,
        source=what.url,
        precision=what.precision,
    )
    entry = EncoderEntry(artifact=artifact, preprocess=preprocess, dim=what.dim or 0)
    write_whole(folder / "encoder.json", (entry.model_dump_json(indent=2) + "\n").encode())


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
