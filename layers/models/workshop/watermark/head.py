"""A head on a frozen backbone: cells, a wide context, and pooling that a large faint mark can move."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .features import SHAPES, Scale, scales
from .restore import Stored

_WIDTH: Final = 64

# Cells of 32 pixels apart: together, the three see half of the picture from every place.
_DILATIONS: Final = (1, 2, 4)

# Between a mean (0) and a maximum (∞): a few strong cells decide the first, many weak ones the others.
_SHARPNESS: Final = (2.0, 0.5, 0.1)


class Head(nn.Module):
    """Three maps as numbers (see `features.SHAPES`) to logits N and a heat map of logits Nx32x32."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = (shape[0] for shape in SHAPES)
        self.fine = nn.Conv2d(fine, _WIDTH, 3, 2, 1, bias=False)
        self.middle = nn.Conv2d(middle, _WIDTH, 1, bias=False)
        self.coarse = nn.Conv2d(coarse, _WIDTH, 1)
        self.mix = nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1)
        self.cell = nn.Conv2d(_WIDTH, 1, 1)
        self.narrow = nn.Conv2d(2 * _WIDTH, _WIDTH, 1)
        self.wide = nn.ModuleList(nn.Conv2d(_WIDTH, _WIDTH, 3, padding=d, dilation=d) for d in _DILATIONS)
        self.context = nn.Conv2d(_WIDTH, 2, 1)  # a cell's logit, and how much it is attended to
        self.hidden = nn.Linear(2 * _WIDTH, 32)
        self.verdict = nn.Linear(32 + 2 * len(_SHARPNESS), 1)
        for silent in (self.context, self.verdict):
            nn.init.zeros_(silent.weight)
            nn.init.zeros_(silent.bias)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Computes logits and heat map."""
        up = functional.interpolate(self.coarse(coarse), scale_factor=2.0, mode="nearest")
        found = functional.relu(self.fine(fine) + self.middle(middle) + up)
        mixed = functional.relu(self.mix(found))
        around = torch.cat([functional.avg_pool2d(mixed, 2), functional.max_pool2d(found, 2)], 1)
        around = functional.relu(self.narrow(around))
        for conv in self.wide:
            around = functional.relu(around + conv(around))
        context = self.context(around)
        heat = self.cell(mixed) + functional.interpolate(context[:, :1], scale_factor=2.0, mode="nearest")
        attention = context[:, 1].flatten(1).softmax(1)
        attended = (around.flatten(2) * attention[:, None]).sum(2)
        hidden = functional.relu(self.hidden(torch.cat([attended, around.flatten(2).mean(2)], 1)))
        pooled = [_pool(each, s) for each in (heat, context[:, :1]) for s in _SHARPNESS]
        return self.verdict(torch.cat([hidden, *pooled], 1))[:, 0], heat[:, 0]


def _pool(cells: Tensor, sharpness: float) -> Tensor:
    flat = cells.flatten(1)
    return (torch.logsumexp(flat * sharpness, 1, keepdim=True) - math.log(flat.shape[1])) / sharpness


class Bytes(nn.Module):
    """Records of bytes, as `features.Kept` gives them, to the numbers that they stand for."""

    def __init__(self, model: Path) -> None:
        super().__init__()
        self.scales: list[Scale] = scales(model)

    def forward(self, *maps: Tensor) -> list[Tensor]:
        """Widens the three maps."""
        return [
            (each.float() - scale.zero) * scale.step for each, scale in zip(maps, self.scales, strict=True)
        ]


def begin(head: Head, model: Path) -> None:
    """Gives a head what the shipped detector knows, so that it judges as that one does before it learns."""
    kept = Stored(model)
    if learnt := {name: (weight, bias) for name, weight, bias in kept.learnt()}:
        with torch.no_grad():
            for name, (weight, offset) in learnt.items():
                layer = head.get_submodule(name)
                layer.weight.copy_(torch.from_numpy(weight))
                if offset is not None:
                    layer.bias.copy_(torch.from_numpy(offset))
        return
    weights = {name: (weight, bias) for name, weight, bias in kept.convolutions()}
    ((_, (gain, shift, mean, var)),) = kept.norms()
    gain = gain / np.sqrt(var + 1e-5)
    scale, bias = (float(array.item()) for array in kept.pooled())
    with torch.no_grad():
        for name in ("fine", "middle", "coarse"):
            head.get_submodule(name).weight.copy_(
                torch.from_numpy(weights[name][0] * gain.reshape(-1, 1, 1, 1))
            )
        # The norm moves into the convolutions before it; its shift into the one that is under every cell.
        head.coarse.bias.copy_(torch.from_numpy(shift - mean * gain))
        for mine, name in ((head.mix, "head.2"), (head.cell, "head.5")):
            mine.weight.copy_(torch.from_numpy(weights[name][0].copy()))
            mine.bias.copy_(torch.from_numpy(np.array(weights[name][1])))
        head.verdict.weight[0, 32] = scale
        head.verdict.bias.fill_(bias + scale * float(np.log(SHAPES[1][1] * SHAPES[1][2])) / _SHARPNESS[0])
