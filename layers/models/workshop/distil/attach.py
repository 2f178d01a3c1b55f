r"""Adds a network of glances to a bundle; how far it can be trusted is for `calibrate --previews` to measure.

    PYTHONPATH=src:. python -m layers.models.workshop.distil.attach glance.json|OTHER_BUNDLE BUNDLE

Runs in Bowerbird's own environment. The bundle keeps its version: it judges as before until it is calibrated,
which gives it the next one.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from bowerbird.models import bundle as bundles
from bowerbird.models import canonical, files, verify
from bowerbird.models import manifest as manifests
from bowerbird.models.manifest import GlanceEntry


def _taken(source: Path) -> tuple[Path, GlanceEntry]:
    if source.suffix == ".json":
        return source.parent, GlanceEntry.model_validate_json(source.read_text(encoding="utf-8"))
    entry = manifests.read(source).glance
    if entry is None:
        raise SystemExit(f"{source} has no network of glances")
    return source, entry.model_copy(update={"margin": None})


def attach(source: Path, target: Path) -> str:
    """Copy the network, name it in the manifest, note what it must compute; returns the bundle's label."""
    folder, entry = _taken(source)
    manifest = manifests.read(target)
    for artifact in (entry.artifact, *([entry.basis] if entry.basis else [])):
        files.check(folder / artifact.file, artifact)
        shutil.copyfile(folder / artifact.file, target / artifact.file)
    manifests.write(manifest.model_copy(update={"glance": entry}), target)
    bundle = bundles.load(target.resolve())
    seen = tuple(verify.observe(bundle, name) for name in canonical.NAMES)
    manifests.write(bundle.manifest.model_copy(update={"canonical": seen}), target)
    return bundle.label


def main() -> None:
    """Read what to take, and for whom."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="the `glance.json` of `export`, or a bundle that has one")
    parser.add_argument("bundle", type=Path, help="the bundle's folder")
    args = parser.parse_args()
    label = attach(args.source, args.bundle)
    print(f"{label} can glance; now: bowerbird calibrate {args.bundle} --previews DIR")


if __name__ == "__main__":
    main()
