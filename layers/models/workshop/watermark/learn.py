"""Trains a head on kept views. Seeded; stops and resumes at any checkpoint; minutes on one thread."""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .features import Kept
from .head import Bytes, Head, begin
from .train import rate

#: Of a batch: pictures whose owner marked them, marks that we laid on, and clean ones.
_SHARES: Final = {"owned": 0.34, "laid": 0.24, "clean": 0.42}
_CHECKPOINT: Final = 50
_EMA: Final = 0.985
_BY_CELL: Final = 0.5

# Small collections' signatures are known well, and drawings are no photographs: they come less often.
_LESS: Final = {"signature_small": 0.25, "drawn": 0.8, "rest_small": 0.8, "small": 0.6}


class Pools:
    """Which views a batch is drawn from: three pools without the views that are held out."""

    def __init__(self, lines: list[dict[str, Any]], held_out: NDArray[np.bool_]) -> None:
        self._pools: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        owners: dict[str, int] = {}
        for line in lines:
            owners[line["owner"]] = owners.get(line["owner"], 0) + 1
        for name in _SHARES:
            chosen = [i for i, line in enumerate(lines) if not held_out[i] and pool(line) == name]
            weights = np.array([_weight(lines[i], owners) for i in chosen])
            self._pools[name] = np.array(chosen, np.intp), weights / weights.sum()

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.intp]:
        """A batch, sorted for the disk."""
        picks = [
            rng.choice(chosen, max(1, round(size * _SHARES[name])), p=weights)
            for name, (chosen, weights) in self._pools.items()
        ]
        return np.sort(np.concatenate(picks))


def pool(line: dict[str, Any]) -> str:
    """Whether the view shows an owner's mark, one that we laid on, or none."""
    if not line["marked"]:
        return "clean"
    return "owned" if "@" in line["kind"] else "laid"


def _weight(line: dict[str, Any], owners: dict[str, int]) -> float:
    # An owner with many pictures comes more often than one with few, but not as many times.
    less = _LESS.get(line["kind"].split("@")[0], 1.0)
    return less / owners[line["owner"]] ** 0.5 if pool(line) == "owned" else less


def loss(logits: Tensor, heat: Tensor, marked: Tensor, cells: Tensor) -> Tensor:
    """The cross-entropy of pictures, and of the cells that are known, where marked cells weigh more."""
    known = (cells >= 0).float()
    by_cell = functional.binary_cross_entropy_with_logits(
        heat, cells.clamp(min=0).float(), weight=known * (1 + 3 * (cells > 0).float()), reduction="sum"
    ) / known.sum().clamp(min=1)
    return functional.binary_cross_entropy_with_logits(logits, marked) + _BY_CELL * by_cell


class Run:
    """A head that learns, its moving average, and where both are kept."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.step = args, 0
        torch.manual_seed(args.seed)
        self.head, self.bytes = Head(), Bytes(args.model)
        begin(self.head, args.model)
        self.average = copy.deepcopy(self.head).eval().requires_grad_(requires_grad=False)
        old = ("fine", "middle", "coarse", "mix", "cell")
        groups: list[dict[str, Any]] = [
            {"params": [], "peak": args.rate / 4},
            {"params": [], "peak": args.rate},
        ]
        for name, value in self.head.named_parameters():
            groups[not name.startswith(old)]["params"].append(value)
        self.optimiser = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.02)
        if args.out.exists():
            state = torch.load(args.out, weights_only=True)
            for part in ("head", "average", "optimiser"):
                getattr(self, part).load_state_dict(state[part])
            self.step = int(state["step"])

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {part: getattr(self, part).state_dict() for part in ("head", "average", "optimiser")}
        torch.save({**state, "step": self.step, "seed": self.args.seed}, self.args.out.with_suffix(".part"))
        self.args.out.with_suffix(".part").replace(self.args.out)

    def learn(self, maps: list[Tensor], marked: Tensor, cells: Tensor) -> float:
        """One step; its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate(self.step, self.args.steps, 0.6)
        logits, heat = self.head(*self.bytes(*maps))
        value = loss(logits, heat, marked, cells)
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(self.head.parameters(), 2.0)
        self.optimiser.step()
        self.step += 1
        with torch.no_grad():
            keep = min(_EMA, self.step / (self.step + 10))
            for mean, new in zip(self.average.parameters(), self.head.parameters(), strict=True):
                mean.lerp_(new, 1 - keep)
        return value.item()


def batch(
    kept: Kept, chosen: NDArray[np.intp], rng: np.random.Generator
) -> tuple[list[Tensor], Tensor, Tensor]:
    """Maps, labels and cells of some views, half of the time mirrored."""
    maps = [torch.from_numpy(each) for each in kept.maps(chosen)]
    cells = torch.from_numpy(np.array(kept.cells[chosen]))
    if rng.random() < 0.5:  # noqa: PLR2004 - a coin
        maps, cells = [each.flip(3) for each in maps], cells.flip(2)
    return maps, torch.tensor([float(kept.lines[i]["marked"]) for i in chosen]), cells


def held_out(
    lines: list[dict[str, Any]], folds: list[int], owners: list[int], places: list[str]
) -> NDArray[np.bool_]:
    """Views that a run does not learn from.

    `folds` are those of clean and laid-on views, `owners` those of owners' marks. Marks are held out, too,
    whose owner, or whose kind after its `@`, is among `places`.
    """

    def hidden(line: dict[str, Any]) -> bool:
        if pool(line) != "owned":
            return line["fold"] in folds
        return line["fold"] in owners or not {line["kind"].split("@")[-1], line["owner"]}.isdisjoint(places)

    return np.array([hidden(line) for line in lines])


def judge(head: Head, widen: Bytes, kept: Kept, size: int = 32) -> NDArray[np.float32]:
    """Logits of all kept views."""
    logits = []
    with torch.no_grad():
        for start in range(0, len(kept.lines), size):
            maps = kept.maps(np.arange(start, min(start + size, len(kept.lines))))
            logits.append(head(*widen(*(torch.from_numpy(each) for each in maps)))[0].numpy())
    return np.concatenate(logits)


def main() -> None:
    """Trains a head on what `features` kept."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("kept", type=Path)
    parser.add_argument(
        "--model", type=Path, required=True, help="the 8-bit detector whose backbone was used"
    )
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint; an existing one goes on")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--hold-out", type=int, nargs="*", default=[], help="folds of clean and laid-on views"
    )
    parser.add_argument("--hold-out-owners", type=int, nargs="*", default=[], help="folds of owners' marks")
    parser.add_argument("--places", nargs="*", default=[], help="places or owners whose marks are held out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept, run = Kept(args.kept), Run(args)
    out = held_out(kept.lines, args.hold_out, args.hold_out_owners, args.places)
    pools, losses, began = Pools(kept.lines, out), [], time.monotonic()
    print(json.dumps({"views": len(kept.lines), "held out": int(out.sum())}), flush=True)
    while run.step < args.steps:
        rng = np.random.default_rng([args.seed, run.step])
        losses.append(run.learn(*batch(kept, pools.draw(rng, args.batch), rng)))
        if run.step % _CHECKPOINT == 0 or run.step == args.steps:
            run.save()
            print(
                f"{run.step}: loss {np.mean(losses[-_CHECKPOINT:]):.4f}, {time.monotonic() - began:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
