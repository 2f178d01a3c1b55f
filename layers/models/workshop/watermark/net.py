"""The detector: a backbone, a small head that marks the cells of a picture, and a pooled logit."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from .efficientnetv2_b0 import EfficientNetV2B0
from .lite0 import Lite0

#: Pixels a side of one cell of the heat map.
CELL: Final = 16

_WIDTH = 64
# Between a mean (0) and a maximum (∞): pooling that lets a few cells decide, as a small mark must.
_SHARPNESS = 2.0


class Detector(nn.Module):
    """Pictures Nx3xHxW (mean and deviation 0.5) to logits N and a heat map of logits NxH/16xW/16."""

    def __init__(self, backbone: str) -> None:
        super().__init__()
        self.backbone = Lite0() if backbone == "lite0" else _V2Maps()
        fine, middle, coarse = self.backbone.channels
        self.fine = nn.Conv2d(fine, _WIDTH, 3, 2, 1, bias=False)
        self.middle = nn.Conv2d(middle, _WIDTH, 1, bias=False)
        self.coarse = nn.Conv2d(coarse, _WIDTH, 1, bias=False)
        self.head = nn.Sequential(
            nn.BatchNorm2d(_WIDTH),
            nn.ReLU(inplace=True),
            nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1, bias=False),
            nn.BatchNorm2d(_WIDTH),
            nn.ReLU(inplace=True),
            nn.Conv2d(_WIDTH, 1, 1),
        )
        self.scale, self.bias = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(-2.0))
        nn.init.constant_(self.head[-1].bias, -2.0)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Computes logits and heat map."""
        fine, middle, coarse = self.backbone(pictures)
        up = functional.interpolate(self.coarse(coarse), scale_factor=2.0, mode="nearest")
        heat = self.head(self.fine(fine) + self.middle(middle) + up)[:, 0]
        pooled = torch.logsumexp(heat.flatten(1) * _SHARPNESS, 1) / _SHARPNESS
        return pooled * self.scale + self.bias, heat


class _V2Maps(EfficientNetV2B0):
    def __init__(self) -> None:
        super().__init__()
        del self.conv_head, self.bn2, self.classifier

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        return self.maps(pictures)
