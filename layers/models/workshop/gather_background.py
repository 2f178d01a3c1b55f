r"""Makes the background of an encoder: ordinary pictures as it sees them.

    .venv/bin/python layers/models/workshop/gather_background.py DIR ... --encoder out/encoder/encoder.json \
        --made-of "pictures of 63 public wallpaper collections" --out out/encoder/background.npz

`bowerbird train --encoder` takes along what lies beside `encoder.json`. Only vectors are kept, in 8 bits.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.progress import Progress

from bowerbird.imaging import picture_files
from bowerbird.models import background as backgrounds
from bowerbird.training import ordinary, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.training import open_embedder


def main() -> None:
    """Embed, choose, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--encoder", required=True, help="encoder.json or a bundle")
    parser.add_argument("--made-of", required=True, help="what the pictures are, for the manifest")
    parser.add_argument("--licence", default="unspecified", help="of the vectors")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    embedder = open_embedder(write.networks(args.encoder), EmbeddingCache(args.cache))
    paths = picture_files.find(args.folders)
    with Progress() as progress:
        task = progress.add_task("embedding", total=len(paths))
        found = embedder.embed(paths, imitate=False, done=lambda: progress.advance(task))
    made = ordinary.of(found, args.made_of, args.licence)
    backgrounds.save(made, args.out)
    print(
        f"{args.out}: {len(made.vectors)} pictures of {len(set(made.sources))} sources, "
        f"{args.out.stat().st_size / 1e6:.1f} MB, {len(found.unreadable)} files left out"
    )


if __name__ == "__main__":
    main()
