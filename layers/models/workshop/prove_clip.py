"""Takes every step from a publisher's file to a CLIP bundle, on random weights of the real architectures.

    make prove-clip

A loopback server redirects, cuts connections off, and sends wrong bytes once. `bowerbird models pull` fetches
files from it, and the converters read them. The converters' own checks stop the proof: ONNX against torch to
1e-4.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np

from bowerbird.models import canonical, manifest
from bowerbird.models.encoder import Encoder
from bowerbird.models.session import Session
from bowerbird.training import published

_CUT: Final = 20_000_000


class Publisher(http.server.BaseHTTPRequestHandler):
    """Serves a folder badly: `/name` redirects to `/cdn/name`, which is cut off every 20 MB or so."""

    folder: Path
    lied: set[str]

    def do_GET(self) -> None:
        """Answer one request."""
        place, _, name = self.path.lstrip("/").rpartition("/")
        if not place:
            self.send_response(302)
            self.send_header("Location", f"/cdn/{name}")
            self.end_headers()
            return
        data = (self.folder / name).read_bytes()
        asked = self.headers.get("Range", "bytes=0-")
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if name not in self.lied:
            self.lied.add(name)
            self.wfile.write(bytes(len(data)))
        else:
            self.wfile.write(data[start:][: max(_CUT, len(data) // 4)])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def table(folder: Path, address: str) -> dict[str, Any]:
    """The publishers' table with the addresses and hashes of the files in `folder`."""
    own: dict[str, Any] = json.loads(published.OWN.read_text(encoding="utf-8"))
    files = {
        "encoder.int8.onnx": own["clip"]["int8"],
        "encoder.fp16.onnx": own["clip"]["fp16"],
        "ViT-B-16.pt": own["clip"]["fp32"],
        "watermark.pt": own["watermark"],
        "aesthetic.pth": own["aesthetic"],
    }
    for name, entry in files.items():
        data = (folder / name).read_bytes()
        entry |= {"url": f"{address}/{name}", "sha256": hashlib.sha256(data).hexdigest()}
    return own


def pull(what: list[str], out: Path, table_file: Path) -> None:
    """Check that `pull` refuses wrong bytes as often as they come, and then gets the files."""
    command = [str(Path(sys.executable).with_name("bowerbird")), "models", "pull", *what]
    command += ["--to", str(out), "--published", str(table_file)]
    refused = 0
    while (told := subprocess.run(command, capture_output=True, text=True, check=False)).returncode:
        refused += 1
        if "expected" not in told.stderr or refused > len(Publisher.lied):
            raise SystemExit(f"wrong bytes were not refused: {told.stdout}{told.stderr}")
    print(f"| pull {' '.join(what)} | wrong bytes refused {refused} times; then cut, redirected, accepted |")


def embeddings(folder: Path) -> np.ndarray:
    """Embed the canonical pictures with a pulled or exported encoder, as bundles use it."""
    entry = manifest.EncoderEntry.model_validate_json((folder / "encoder.json").read_text(encoding="utf-8"))
    encoder = Encoder(Session(folder / entry.artifact.file), entry.preprocess.build(), entry.dim)
    return encoder.embed([canonical.draw(name) for name in canonical.NAMES])


def main() -> None:
    """Make, serve, pull, convert, compare."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--torch", default=".venv-train/bin/python", help="the Python that has torch")
    parser.add_argument("--out", type=Path, default=Path("out/prove-clip"))
    args = parser.parse_args()
    served = args.out / "published"

    def torch(module: str, *arguments: object) -> None:
        command = [args.torch, "-W", "ignore", "-m", f"layers.models.workshop.{module}", *map(str, arguments)]
        subprocess.run(command, check=True)

    torch("random_weights", "--out", served)
    digest = hashlib.sha256((served / "ViT-B-16.pt").read_bytes()).hexdigest()
    print("| precision | size | largest difference from torch | least cosine |", flush=True)
    torch("export_clip", served / "ViT-B-16.pt", "--out", served, "--precision", "all", "--sha256", digest)
    Publisher.folder, Publisher.lied = served, set()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = table(served, f"http://127.0.0.1:{server.server_port}")
    table_file = args.out / "published.json"
    table_file.write_text(json.dumps(rows), encoding="utf-8")
    folders = {precision: args.out / precision for precision in ("fp32", "fp16", "int8")}
    for precision, folder in folders.items():
        pull(["clip", "--precision", precision], folder, table_file)
    full = folders["fp32"]
    torch("export_clip", full / "ViT-B-16.pt", "--out", full, "--sha256", digest)
    server.shutdown()
    torch("random_weights", "--out", served, "--watermark", full / "watermark.onnx")
    wanted = embeddings(full)
    for precision in ("fp16", "int8"):
        cosine = float((embeddings(folders[precision]) * wanted).sum(1).min())
        print(f"| canonical pictures, {precision} beside fp32 | least cosine {cosine:.6f} |")


if __name__ == "__main__":
    main()
