r"""Adds a network of glances to a bundle; how far it can be trusted is for `calibrate --previews` to measure.

    PYTHONPATH=src:. python -m layers.models.workshop.distil.attach glance.json BUNDLE

Runs in Bowerbird's own environment. The bundle keeps its version: it judges as before until it is calibrated,
which gives it the next one.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from bowerbird.models import bundle as bundles
from bowerbird.models import canonical, verify
from bowerbird.models import manifest as manifests
from bowerbird.models.manifest import GlanceEntry


def main() -> None:
    """Copy the network, name it in the manifest, and note what it must compute."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("entry", type=Path, help="the `glance.json` that `export` has written")
    parser.add_argument("bundle", type=Path, help="the bundle's folder")
    args = parser.parse_args()
    entry = GlanceEntry.model_validate_json(args.entry.read_text(encoding="utf-8"))
    verify.check_file(args.entry.with_name(entry.artifact.file), entry.artifact)
    manifest = manifests.read(args.bundle)
    shutil.copyfile(args.entry.with_name(entry.artifact.file), args.bundle / entry.artifact.file)
    manifests.write(manifest.model_copy(update={"glance": entry}), args.bundle)
    bundle = bundles.load(args.bundle.resolve())
    seen = tuple(verify.observe(bundle, name) for name in canonical.NAMES)
    manifests.write(bundle.manifest.model_copy(update={"canonical": seen}), args.bundle)
    print(f"{bundle.label} can glance; now: bowerbird calibrate {args.bundle} --previews DIR")


if __name__ == "__main__":
    main()
