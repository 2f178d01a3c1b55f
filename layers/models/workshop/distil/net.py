"""The first look's network: the first 13 blocks of EfficientNet-Lite0, on pictures of 96 pixels."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from layers.models.workshop.watermark.lite0 import Lite0

#: The side of its input, in pixels.
SIDE: Final = 96

# What follows this block costs a fifth, and tells ImageNet's breeds of dogs apart.
_BLOCKS: Final = 13
# These blocks' maps are pooled, and those of the part that stays: the finer ones see texture, which tells a
# drawing from a photograph.
_TAPS: Final = (10, 12)
_WIDE: Final = 768

# Blocks that stay as they are: ImageNet taught them edges and textures well enough. Their maps of a picture
# are computed once, so that a step of training costs a fraction.
_FROZEN: Final = 5

# Lite0's 0.01 needs more steps than are made here to follow pictures so much smaller than its own.
_MOMENTUM: Final = 0.05


class Student(nn.Module):
    """Pictures Nx3xSIDExSIDE (mean and deviation 0.5) to vectors NxD."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        whole = Lite0()
        self.stem, self.blocks = whole.stem, whole.blocks[:_BLOCKS]
        channels = [self.blocks[tap]._bn2.num_features for tap in (_FROZEN - 1, *_TAPS)]  # noqa: SLF001 - the only way to it
        self.wide = nn.Sequential(
            nn.Conv2d(channels[-1], _WIDE, 1, bias=False), nn.BatchNorm2d(_WIDE), nn.ReLU6()
        )
        self.norm = nn.BatchNorm1d(_WIDE + sum(channels))
        self.out = nn.Linear(_WIDE + sum(channels), dim)
        # The vectors' numbers are small; the layer before works with numbers of about 1.
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("deviation", torch.ones(dim))
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = _MOMENTUM

    def forward(self, pictures: Tensor) -> Tensor:
        """Computes the vectors."""
        return self.above(self.below(pictures))

    def below(self, pictures: Tensor) -> Tensor:
        """Computes the maps Nx40x12x12 of the part that stays as it is."""
        x = self.stem(pictures)
        for block in self.blocks[:_FROZEN]:
            x = block(x)
        return x

    def above(self, maps: Tensor) -> Tensor:
        """Computes the vectors from those maps."""
        return self.out(self.norm(self.features(maps))) * self.deviation + self.mean

    def features(self, maps: Tensor) -> Tensor:
        """Computes the pooled features that the last layer reads."""
        x, pooled = maps, [maps.mean((2, 3))]
        for index, block in enumerate(self.blocks[_FROZEN:], _FROZEN):
            x = block(x)
            if index in _TAPS:
                pooled.append(x.mean((2, 3)))
        pooled.append(self.wide(x).mean((2, 3)))
        return torch.cat(pooled, 1)

    def train(self, mode: bool = True) -> Student:
        """Trains all but the part that stays."""
        super().train(mode)
        for module in (self.stem, *self.blocks[:_FROZEN]):
            module.requires_grad_(requires_grad=False).eval()
        return self


def millions(model: nn.Module, side: int = SIDE) -> float:
    """Counts the multiplications that one picture takes, in millions."""
    count = 0

    def add(layer: nn.Module, _: object, given: Tensor) -> None:
        nonlocal count
        count += given.numel() * layer.weight[0].numel()

    hooks = [
        layer.register_forward_hook(add)
        for layer in model.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    with torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    for hook in hooks:
        hook.remove()
    return count / 1e6
