r"""Trains the first look's network to say of a small copy what the encoder says of the picture.

    PYTHONPATH=src:. .venv-train/bin/python -m layers.models.workshop.distil.train VIEWS --out student.pt

Seeded. It stops after `--steps`, and goes on from where it was stopped; on a CPU or a GPU.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .net import Student, millions

#: Numbers of the vectors: so many for how a picture is made, and so many for what it shows.
STYLE: Final = 96
CONTENT: Final = 160

_WARM_UP: Final = 50
_EMA: Final = 0.998
_BATCH: Final = 64

# So many batches, and this strength of the ridge, give the last layer its beginning.
_BEGINNING: Final = 40
_RIDGE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Basis:
    """Where the vectors lie: `style` (S, STYLE) and `content` (C, CONTENT) are orthonormal columns.

    A product with them keeps the cosines between vectors as well as so few numbers can. They are not
    centred: cosines are of the vectors as they are.
    """

    style: NDArray[np.float32]
    content: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float32], split: int) -> Basis:
        """The best for these vectors (N, S + C); the first `split` numbers of each are its style."""
        return cls(_best(vectors[:, :split], STYLE), _best(vectors[:, split:], CONTENT))

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, S + C) to (N, STYLE + CONTENT)."""
        split = len(self.style)
        return np.concatenate([vectors[:, :split] @ self.style, vectors[:, split:] @ self.content], axis=1)


def _best(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    _, columns = np.linalg.eigh(vectors.T @ vectors)
    best: NDArray[np.float32] = columns[:, ::-1][:, :count].astype(np.float32)
    return best


#: Which pictures, which of their views, and which of the views' copies.
Drawn = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


class Views:
    """The views on the disk, as far as they are made, with the vectors that are wanted of them."""

    def __init__(self, folder: Path, split: int, basis: Basis | None = None) -> None:
        state = json.loads((folder / "done.json").read_text())
        done = state["done"]
        self.pixels = np.load(folder / "pixels.npy", mmap_mode="r")[:done]
        vectors = np.load(folder / "vectors.npy", mmap_mode="r")[:done].astype(np.float32)
        self.basis = basis or Basis.of(vectors[:, 0], split)
        flat = self.basis.project(vectors.reshape(-1, vectors.shape[-1]))
        self.wanted = torch.from_numpy(flat.reshape(*vectors.shape[:2], -1))
        spread = flat.reshape(*vectors.shape[:2], -1)[:, 0].var(0)
        #: The variance of all numbers of style, and of content: a share of it is what an error means.
        self.spread = float(spread[:STYLE].sum()), float(spread[STYLE:].sum())

    def draw(self, seed: tuple[int, ...], count: int) -> Drawn:
        """Draw views of `count` pictures, the same for the same seed."""
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(self.pixels), count, replace=False)
        views, copies = (rng.integers(sides, size=count) for sides in self.pixels.shape[1:3])
        return rows, views, copies


def as_pixels(pictures: Tensor) -> Tensor:
    """RGB uint8 NxHxWx3 to Nx3xHxW, mean and deviation 0.5."""
    return pictures.permute(0, 3, 1, 2).float().sub_(127.5).div_(127.5)


class Run:
    """A training run: the network, its moving average, the optimiser, and where all of it is kept."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        state = torch.load(args.out, weights_only=True) if args.out.exists() else None
        basis = Basis(state["style"].numpy(), state["content"].numpy()) if state else None
        self.views = Views(args.views, args.split, basis)
        torch.manual_seed(args.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = Student(STYLE + CONTENT)
        self.net.train().to(self.device, memory_format=torch.channels_last)
        self._known: dict[int, Tensor] = {}
        if not state:
            self._begin()
        self.average = copy.deepcopy(self.net).eval().requires_grad_(requires_grad=False)
        known = [p for p in self.net.blocks.parameters() if p.requires_grad]
        new = [p for name, p in self.net.named_parameters() if not name.startswith(("stem", "blocks"))]
        groups = [{"params": known, "peak": args.rate / 2}, {"params": new, "peak": args.rate}]
        self.optimiser = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.01)
        self.step = 0
        if state:
            self._load(state)

    @torch.no_grad()
    def _begin(self) -> None:
        """The last layer as it is best for the network that ImageNet trained, by ridge regression."""
        wanted, net = self.views.wanted[:, 0], self.net
        net.mean.copy_(wanted.mean(0))
        shares = (self.views.spread[0] / STYLE, STYLE), (self.views.spread[1] / CONTENT, CONTENT)
        net.deviation.copy_(torch.cat([torch.full((count,), each**0.5) for each, count in shares]))
        seen = [self._batch(step) for step in range(_BEGINNING)]
        for maps, _ in seen:
            net.above(maps)  # brings the batch norms to pictures of this size
        net.eval()
        points = torch.cat([net.norm(net.features(maps)) for maps, _ in seen])
        aims = torch.cat([(vectors - net.mean) / net.deviation for _, vectors in seen])
        ridge = points.T @ points + _RIDGE * len(points) * torch.eye(points.shape[1], device=self.device)
        net.out.weight.copy_(torch.linalg.solve(ridge, points.T @ (aims - aims.mean(0))).T)
        net.out.bias.copy_(aims.mean(0))
        net.train()

    def _batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Maps and wanted vectors. The step is the seed: a run that was stopped goes on as it would have."""
        rows, views, _ = drawn = self.views.draw((self.args.seed, step), _BATCH)
        return self._maps(drawn).to(self.device), self.views.wanted[rows, views].to(self.device)

    @torch.no_grad()
    def _maps(self, drawn: Drawn) -> Tensor:
        """What the part that stays says of these copies, from memory where it was asked before."""
        where = np.ravel_multi_index(drawn, self.views.pixels.shape[:3])
        new = [index for index, place in enumerate(where) if int(place) not in self._known]
        if new:
            pictures = np.stack([self.views.pixels[tuple(side[index] for side in drawn)] for index in new])
            pixels = as_pixels(torch.from_numpy(pictures).to(self.device))
            maps = self.net.below(pixels.contiguous(memory_format=torch.channels_last)).half().cpu()
            self._known |= {int(where[index]): each for index, each in zip(new, maps, strict=True)}
        found = torch.stack([self._known[int(place)] for place in where]).float()
        return found.contiguous(memory_format=torch.channels_last)

    def _load(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        basis = {name: torch.from_numpy(getattr(self.views.basis, name)) for name in ("style", "content")}
        part = self.args.out.with_suffix(".part")
        torch.save({**state, **basis, "step": self.step}, part)
        part.replace(self.args.out)

    def learn(self) -> tuple[float, float]:
        """One step; the error of style and of content, as shares of their variance."""
        share = min((self.step + 1) / _WARM_UP, max(0.01, 1 - self.step / self.args.steps), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        # The step is the seed, so that a run that was stopped goes on as it would have.
        maps, wanted = self._batch(self.step)
        style, content = errors(self.net.above(maps), wanted, self.views.spread)
        self.optimiser.zero_grad(set_to_none=True)
        (style + content).backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._follow()
        return style.item(), content.item()

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(_EMA, self.step / (self.step + 20))
        for mean, new in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(new, 1 - keep)
            else:
                mean.copy_(new)


def errors(given: Tensor, wanted: Tensor, spread: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """The mean squared distances of style and of content, as shares of their variance."""
    squares = (given - wanted) ** 2
    return squares[:, :STYLE].sum(1).mean() / spread[0], squares[:, STYLE:].sum(1).mean() / spread[1]


def main() -> None:
    """Train until the steps are done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("views", type=Path, help="what `views` has written")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--split", type=int, default=472, help="how many numbers of the encoder's are style")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    run = Run(args)
    print(f"{millions(run.average):.1f} million multiplications a picture, from step {run.step}", flush=True)
    started, seen = time.monotonic(), []
    while run.step < args.steps:
        seen.append(run.learn())
        if run.step % 50 == 0 or run.step == args.steps:
            style, content = np.mean(seen[-50:], axis=0)
            speed = len(seen) * _BATCH / (time.monotonic() - started)
            print(
                f"step {run.step}: error {style:.3f} style {content:.3f} content, {speed:.0f}/s", flush=True
            )
            run.save()


if __name__ == "__main__":
    main()
