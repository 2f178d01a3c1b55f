"""What a user would pick instead, on the same pictures over loopback: each as its own manual says.

They are installed by `make bench` into an environment of their own (.venv-peers), from
benchmarks/requirements-peers.txt. None of them is a part of Bowerbird.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.server import serving
from benchmarks.stream import Mix
from benchmarks.watch import watched

BIN: Final = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin"

# Two of them would ask the network something at start.
_QUIET: Final = {"NO_ALBUMENTATIONS_UPDATE": "1", "WANDB_MODE": "disabled", "PYTHONWARNINGS": "ignore"}

_CLEANVISION: Final = """
import sys
from cleanvision import Imagelab
lab = Imagelab(data_path=sys.argv[1])
lab.find_issues(n_jobs=1)
print("found", int(lab.issues.filter(regex="^is_").any(axis=1).sum()))
"""

_IMAGEHASH: Final = """
import sys
from pathlib import Path
import imagehash
from PIL import Image
prints = [imagehash.phash(Image.open(path)) for path in sorted(Path(sys.argv[1]).rglob("*.*g"))]
print("found", sum(any(one - other <= 8 for other in prints[:n]) for n, one in enumerate(prints)))
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program, and how it is run on a list of links or on a folder that another has filled."""

    name: str
    package: str
    command: Callable[[Path, Path], Sequence[str]]
    does: str
    does_not: str
    after_download: bool = False


PEERS: Final = (
    Peer(
        "gallery-dl",
        "gallery-dl",
        lambda links, out: (
            str(BIN / "gallery-dl"), "--config-ignore", "--quiet", "-D", str(out), "-i", str(links),
        ),
        "downloads every original, one after the other",
        "look at a picture: no size, no taste, no copies, no marks",
    ),
    Peer(
        "img2dataset",
        "img2dataset",
        lambda links, out: (
            str(BIN / "img2dataset"), "--url_list", str(links), "--output_folder", str(out),
            "--processes_count", "1", "--thread_count", "16", "--image_size", "512",
            "--resize_mode", "keep_ratio", "--max_aspect_ratio", "3",
        ),
        "downloads, rejects by shape, makes all 512 pixels small",
        "keep the original; no taste, no copies, no marks; it downloads and decodes what it rejects",
    ),
    Peer(
        "cleanvision",
        "cleanvision",
        lambda _, out: (str(BIN / "python"), "-c", _CLEANVISION, str(out)),
        "finds copies and what is dark, bright, blurred, of odd size or shape, in a folder",
        "download; no taste, no marks; it ends when all is there, so it is no filter of a stream",
        after_download=True,
    ),
    Peer(
        "imagehash",
        "imagehash",
        lambda _, out: (str(BIN / "python"), "-c", _IMAGEHASH, str(out)),
        "gives each picture a print (phash); compares them all",
        "anything else: no download, no taste, no marks, no choice between copies",
        after_download=True,
    ),
)  # fmt: skip


def run(mix: Mix) -> dict[str, dict[str, Any]]:
    """Every peer on a mix; those for folders read what gallery-dl has downloaded.

    Raises:
        SystemExit: one of them failed; its last words are in the text.
    """
    results: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for peer in PEERS:
            out = place / (PEERS[0].name if peer.after_download else peer.name)
            results[peer.name] = _measured(peer, mix, place, out)
    return results


def installed() -> bool:
    """Tell whether they are there."""
    return BIN.joinpath("gallery-dl").exists()


def _measured(peer: Peer, mix: Mix, place: Path, out: Path) -> dict[str, Any]:
    links, log = place / "links.txt", place / f"{peer.name}.log"
    with serving(mix.files) as server, log.open("wb") as said:
        base = f"http://127.0.0.1:{server.server_port}"
        links.write_text("".join(f"{base}/{path}\n" for path in mix.originals))
        took = watched(peer.command(links, out), log=said, environment=_QUIET)
    if took.status or not any(path.is_file() for path in out.rglob("*")):
        raise SystemExit(f"{peer.name} ended with {took.status}:\n{log.read_text()[-2000:]}")
    return {
        "version": _version(peer.package),
        "cpu_ms": took.cpu_ms,
        "peak_mb": took.peak_pss_mb,
        "bytes": server.sent.total(),
        "files": sum(path.suffix.lower() in {".jpg", ".jpeg", ".png"} for path in out.rglob("*.*")),
        "said": [line for line in log.read_text(errors="replace").splitlines() if "found" in line][-1:],
        "does": peer.does,
        "does_not": peer.does_not,
    }


def _version(package: str) -> str:
    libraries = [str(path) for path in BIN.parent.glob("lib/python*/site-packages")]
    (found,) = metadata.distributions(name=package, path=libraries)
    return found.version
