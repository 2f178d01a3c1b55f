"""Makes files of the publishers' own kinds and architectures, with random weights, for `prove_clip` to serve.

.venv-train/bin/python -m layers.models.workshop.random_weights --out DIR
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from .clip_tower import LAYERS, SIDE, WIDTH, Attention, Tower
from .watermark.efficientnetv2_b0 import EfficientNetV2B0
from .watermark.export import largest_difference


def clip() -> nn.Module:
    """The encoder with OpenAI's initialisation (clip/model.py, `initialize_parameters`)."""
    tower = Tower()
    spread = WIDTH**-0.5
    for parameter in (tower.class_embedding, tower.positional_embedding, tower.proj):
        nn.init.normal_(parameter, std=spread)
    for block in tower.transformer.resblocks:
        nn.init.normal_(block.attn.in_proj_weight, std=spread)
        nn.init.normal_(block.attn.out_proj.weight, std=spread * (2 * LAYERS) ** -0.5)
        nn.init.normal_(block.mlp.c_fc.weight, std=(2 * WIDTH) ** -0.5)
        nn.init.normal_(block.mlp.c_proj.weight, std=spread * (2 * LAYERS) ** -0.5)
    return tower.eval()


class Published(nn.Module):
    """The encoder under the name it has in OpenAI's file, beside a parameter that is none of its own."""

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual, self.logit_scale = visual, nn.Parameter(torch.ones([]))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Features."""
        return self.visual(pixels)


def watermark() -> nn.Module:
    """The classifier, with statistics such as training leaves."""
    model = EfficientNetV2B0().eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    nn.init.normal_(model.classifier.weight, 0, 0.05)
    return model


def attention_differs() -> float:
    """Find the largest difference between our attention and torch's own, which OpenAI's code uses."""
    ours, theirs = Attention(), nn.MultiheadAttention(WIDTH, 12, batch_first=True)
    nn.init.normal_(ours.in_proj_weight, std=WIDTH**-0.5)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 197, WIDTH)
    with torch.no_grad():
        return float((ours(x) - theirs(x, x, x)[0]).abs().max())


def watermark_differs(folder: Path, converted: Path) -> float:
    """Find the largest difference between the classifier in torch and what `models pull` made of it."""
    return largest_difference(torch.load(folder / "watermark.pt", weights_only=False), converted)


def main() -> None:
    """Write ViT-B-16.pt, watermark.pt and aesthetic.pth, or compare what was made of watermark.pt."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--watermark", type=Path, metavar="FILE.onnx", help="only compare this with it")
    args = parser.parse_args()
    out: Path = args.out
    if args.watermark:
        print(
            f"| watermark classifier | differs from torch by {watermark_differs(out, args.watermark):.2g} |"
        )
        return
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    with torch.no_grad():
        model = Published(clip()).eval()
        traced = torch.jit.trace(model, torch.zeros(1, 3, SIDE, SIDE), check_trace=False)
    traced.half().save(out / "ViT-B-16.pt")
    torch.save(watermark(), out / "watermark.pt")
    torch.save(nn.Linear(512, 1).state_dict(), out / "aesthetic.pth")
    print(f"attention differs from torch's by {attention_differs():.2g}")


if __name__ == "__main__":
    main()
