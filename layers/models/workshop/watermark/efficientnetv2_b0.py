"""EfficientNetV2-B0, with the parameter names of timm's `tf_efficientnetv2_b0`, so that its weights load.

https://arxiv.org/abs/2104.00298; names, padding and epsilon after
https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/efficientnet.py
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# kind, repeats, stride, expansion, channels
_STAGES = (
    ("plain", 1, 1, 1, 16),
    ("fused", 2, 2, 4, 32),
    ("fused", 2, 2, 4, 48),
    ("inverted", 3, 2, 4, 96),
    ("inverted", 5, 1, 6, 112),
    ("inverted", 8, 2, 6, 192),
)


class SameConv(nn.Conv2d):
    """TensorFlow's SAME padding: what is odd goes to the right and below."""

    def forward(self, x: Tensor) -> Tensor:
        """Convolves."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return functional.conv2d(x, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        down, across = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[-2:])
        x = functional.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return functional.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> SameConv:
    return SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Plain(nn.Module):
    """A convolution."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        del expansion
        self.conv, self.bn1 = _conv(inputs, outputs, 3, stride), _norm(outputs)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Convolves."""
        y = functional.silu(self.bn1(self.conv(x)))
        return x + y if self.skip else y


class Fused(nn.Module):
    """Expand by a full convolution, then project."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.conv_exp, self.bn1 = _conv(inputs, middle, 3, stride), _norm(middle)
        self.conv_pwl, self.bn2 = _conv(middle, outputs, 1), _norm(outputs)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Expands and projects."""
        y = self.bn2(self.conv_pwl(functional.silu(self.bn1(self.conv_exp(x)))))
        return x + y if self.skip else y


class Squeeze(nn.Module):
    """Weighs the channels by what the whole map holds."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.conv_reduce, self.conv_expand = (
            nn.Conv2d(channels, squeezed, 1),
            nn.Conv2d(squeezed, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Weighs."""
        weights = self.conv_expand(functional.silu(self.conv_reduce(x.mean((2, 3), keepdim=True))))
        return x * torch.sigmoid(weights)


class Inverted(nn.Module):
    """Expand, filter channel by channel, weigh, project."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.conv_pw, self.bn1 = _conv(inputs, middle, 1), _norm(middle)
        self.conv_dw, self.bn2 = _conv(middle, middle, 3, stride, groups=middle), _norm(middle)
        self.se = Squeeze(middle, round(inputs * 0.25))
        self.conv_pwl, self.bn3 = _conv(middle, outputs, 1), _norm(outputs)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Expands, filters, weighs, projects."""
        y = functional.silu(self.bn1(self.conv_pw(x)))
        y = self.se(functional.silu(self.bn2(self.conv_dw(y))))
        y = self.bn3(self.conv_pwl(y))
        return x + y if self.skip else y


_BLOCKS = {"plain": Plain, "fused": Fused, "inverted": Inverted}


class EfficientNetV2B0(nn.Module):
    """The classifier: pictures Nx3xHxW to logits Nx`classes`."""

    channels = (48, 112, 192)

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.conv_stem, self.bn1 = _conv(3, 32, 3, 2), _norm(32)
        stages, inputs = [], 32
        for kind, repeats, stride, expansion, outputs in _STAGES:
            blocks = []
            for index in range(repeats):
                blocks.append(_BLOCKS[kind](inputs, outputs, stride if index == 0 else 1, expansion))
                inputs = outputs
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        self.conv_head, self.bn2 = _conv(inputs, 1280, 1), _norm(1280)
        self.classifier = nn.Linear(1280, classes)

    def maps(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """Maps of 1/8, 1/16 and 1/32 the pictures' size, with `channels` channels."""
        x = functional.silu(self.bn1(self.conv_stem(pictures)))
        maps = []
        for index, stage in enumerate(self.blocks):
            x = stage(x)
            if index in (2, 4, 5):
                maps.append(x)
        return tuple(maps)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits."""
        x = functional.silu(self.bn2(self.conv_head(self.maps(pictures)[-1])))
        return self.classifier(x.mean((2, 3)))
