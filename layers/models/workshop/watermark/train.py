"""Trains the detector. Seeded; stops and resumes anywhere; on a CPU or a GPU."""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from .net import Detector
from .restore import restore
from .samples import Source
from .teacher import Teacher

_WARM_UP = 100
_EMA = 0.998

# This many samples give a restored detector the statistics of its batch norms.
_TYPICAL = 48

# Cells of a mark from which on the crop around them is a marked one.
_ENOUGH = 3


class _Samples(Dataset[tuple[NDArray[np.uint8], NDArray[np.int8]]]):
    def __init__(self, source: Source, first: int, last: int) -> None:
        self._source, self._first, self._last = source, first, last

    def __len__(self) -> int:
        return self._last - self._first

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
        if index >= len(self):
            raise IndexError(index)
        sample = self._source[self._first + index]
        return sample.crops, sample.cells


def rate(step: int, steps: int, decay: float) -> float:
    """The share of the learning rate at a step: it warms up, holds, then falls to nothing.

    It falls over the last part, `decay`. It holds until then, so that a longer run can go on from a
    checkpoint of a shorter one.
    """
    falling = min(1.0, (steps - step) / max(1.0, steps * decay))
    return min(1.0, (step + 1) / _WARM_UP) * max(0.01, falling)


def loss(logits: Tensor, heat: Tensor, cells: Tensor) -> Tensor:
    """The cross-entropy of every cell, where marked cells weigh more, and of every crop as a whole.

    The crop's own part is what judges a picture. A crop that shows only a corner of a mark counts by its
    cells only, because nobody could tell what it is.
    """
    known = (cells >= 0).float()
    by_cell = functional.binary_cross_entropy_with_logits(
        heat, cells.clamp(min=0).float(), weight=known * (1 + 3 * (cells > 0).float()), reduction="sum"
    ) / known.sum().clamp(min=1)
    marked = (cells > 0).flatten(1).sum(1) >= _ENOUGH
    clear = marked | (cells == 0).flatten(1).all(1)
    by_crop = functional.binary_cross_entropy_with_logits(logits, marked.float(), weight=clear.float())
    return by_cell + by_crop


def source(args: argparse.Namespace, teacher: Path | None = None) -> Source:
    """Makes the source of samples that a run draws from."""
    asked = Teacher(teacher) if teacher else None
    return Source(args.cache, side=args.side, seed=args.seed, extra_fonts=args.fonts, teacher=asked)


def as_pixels(crops: Tensor) -> Tensor:
    """RGB uint8 NxHxWx3 to Nx3xHxW, mean and deviation 0.5."""
    return crops.permute(0, 3, 1, 2).float().sub_(127.5).div_(127.5)


class Run:
    """A training run: the detector, its moving average, the optimiser, and where all of it is kept."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        torch.manual_seed(args.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = Detector(args.backbone)
        if args.start and not args.out.exists():
            first = [torch.from_numpy(source(args)[index].crops) for index in range(_TYPICAL)]
            restore(self.net, args.start, as_pixels(torch.cat(first)))
        self.net.to(self.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval().requires_grad_(requires_grad=False)
        rest = [p for name, p in self.net.named_parameters() if not name.startswith("backbone.")]
        groups = [
            {"params": self.net.backbone.parameters(), "peak": args.rate},
            {"params": rest, "peak": max(args.rate, 1e-3)},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.01)
        self.step = 0
        if args.out.exists():
            self.load(torch.load(args.out, weights_only=True, map_location=self.device))

    def load(self, state: dict[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])
        torch.manual_seed(self.args.seed + self.step)

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        part = self.args.out.with_suffix(".part")
        torch.save({**state, "step": self.step, "backbone": self.args.backbone}, part)
        part.replace(self.args.out)

    def learn(self, crops: Tensor, cells: Tensor) -> tuple[float, Tensor, Tensor]:
        """One step; the loss, and logits beside labels for the log."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate(self.step, self.args.steps, self.args.decay)
        crops = as_pixels(crops.flatten(0, 1).to(self.device))
        cells = cells.flatten(0, 1).to(self.device)
        logits, heat = self.net(crops)
        value = loss(logits, heat, cells)
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self.follow()
        return value.item(), logits.detach().cpu(), (cells > 0).flatten(1).any(1).cpu()

    @torch.no_grad()
    def follow(self) -> None:
        """The average takes a small step towards the detector."""
        keep = min(_EMA, self.step / (self.step + 20))
        for mean, new in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(new, 1 - keep)
            else:
                mean.copy_(new)


def separation(logits: Tensor, marked: Tensor) -> float:
    """AUROC: how often a marked crop scores above a clean one."""
    yes, no = logits[marked], logits[~marked]
    return float((yes[:, None] > no[None]).float().mean()) if len(yes) and len(no) else float("nan")


def train(run: Run) -> None:
    """Runs until `steps`, saving and printing as it goes."""
    args = run.args
    left = _Samples(source(args, args.teacher), run.step * args.batch, args.steps * args.batch)
    loader = DataLoader(
        left, args.batch, num_workers=args.workers, prefetch_factor=4 if args.workers else None
    )
    run.net.train()
    log: list[tuple[float, Tensor, Tensor]] = []
    began = saved = time.monotonic()
    for crops, cells in loader:
        log.append(run.learn(crops, cells))
        if run.step % 25 == 0:
            seen = len(log) * 2 * args.batch
            auroc = separation(torch.cat([each[1] for each in log]), torch.cat([each[2] for each in log]))
            mean = sum(each[0] for each in log) / len(log)
            speed = seen / (time.monotonic() - began)
            print(f"step {run.step} loss {mean:.4f} auroc {auroc:.4f} {speed:.1f} crops/s", flush=True)
            log, began = [], time.monotonic()
        if time.monotonic() - saved > args.save_every:
            run.save()
            saved = time.monotonic()
    run.save()


def main() -> None:
    """Trains the watermark detector on rendered marks."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="made by pictures.py")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint; gone on from if it is there")
    parser.add_argument("--start", type=Path, help="an exported detector to go on from, if there is no --out")
    parser.add_argument("--teacher", type=Path, help="an exported detector that chooses what is worth a step")
    parser.add_argument("--backbone", choices=["lite0", "v2b0"], default="lite0")
    parser.add_argument("--fonts", type=Path, help="a folder of more fonts")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--batch", type=int, default=8, help="samples a step; each is two crops")
    parser.add_argument("--side", type=int, default=192, help="side of a crop, pixels")
    parser.add_argument("--rate", type=float, default=4e-4, help="learning rate of the backbone")
    parser.add_argument(
        "--decay", type=float, default=0.3, help="last part of the steps, over which the rate falls"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=float, default=180.0, help="seconds")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    train(Run(args))


if __name__ == "__main__":
    main()
