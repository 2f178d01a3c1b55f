"""CLIP's image encoder ViT-B/16. Its parameters have the names of OpenAI's file, so that the weights load.

https://github.com/openai/CLIP/blob/main/clip/model.py, `VisionTransformer`; https://arxiv.org/abs/2103.00020
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE, PATCH, WIDTH, LAYERS, HEADS, DIM = 224, 16, 768, 12, 12, 512


class QuickGelu(nn.Module):
    """The approximation CLIP was trained with; the exact GELU gives other features."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape."""
        return x * torch.sigmoid(1.702 * x)


class Attention(nn.Module):
    """`nn.MultiheadAttention` over itself, spelled out: its ONNX graph fixes the number of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.empty(3 * WIDTH, WIDTH))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * WIDTH))
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, WIDTH) → same."""
        depth = WIDTH // HEADS
        mixed = functional.linear(x, self.in_proj_weight, self.in_proj_bias)
        heads = mixed.unflatten(-1, (3, HEADS, depth)).permute(2, 0, 3, 1, 4)
        query, key, value = heads[0] * depth**-0.5, heads[1], heads[2]
        seen = torch.softmax(query @ key.transpose(-1, -2), dim=-1) @ value
        return self.out_proj(seen.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Look around, then think; both beside a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(WIDTH), Attention(), nn.LayerNorm(WIDTH)
        names = ("c_fc", "gelu", "c_proj")
        layers = (nn.Linear(WIDTH, 4 * WIDTH), QuickGelu(), nn.Linear(4 * WIDTH, WIDTH))
        self.mlp = nn.Sequential(OrderedDict(zip(names, layers, strict=True)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, WIDTH) → same."""
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Blocks(nn.Module):
    """All of them; a level of its own because the names have one."""

    def __init__(self) -> None:
        super().__init__()
        self.resblocks = nn.Sequential(*(Block() for _ in range(LAYERS)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, WIDTH) → same."""
        return self.resblocks(x)


class Tower(nn.Module):
    """Pixels (N, 3, 224, 224) to features (N, 512), not yet of unit length."""

    def __init__(self) -> None:
        super().__init__()
        tokens = (SIDE // PATCH) ** 2 + 1
        self.conv1 = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.class_embedding = nn.Parameter(torch.empty(WIDTH))
        self.positional_embedding = nn.Parameter(torch.empty(tokens, WIDTH))
        self.ln_pre, self.transformer, self.ln_post = nn.LayerNorm(WIDTH), Blocks(), nn.LayerNorm(WIDTH)
        self.proj = nn.Parameter(torch.empty(WIDTH, DIM))

    def forward(self, pixels: Tensor) -> Tensor:
        """Features."""
        patches = self.conv1(pixels).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(pixels.shape[0], 1, -1)  # len() would be a constant of the graph
        x = torch.cat([first, patches], dim=1) + self.positional_embedding
        x = self.transformer(self.ln_pre(x))
        return self.ln_post(x[:, 0]) @ self.proj
