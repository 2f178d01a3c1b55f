"""Turns LAION's aesthetic head, one linear layer on CLIP ViT-B/16's unit features, into plain arrays.

    .venv-train/bin/python -m layers.models.workshop.convert_aesthetic aesthetic.pth --out clip

It writes `aesthetic.npz` and `aesthetic.json`. `bowerbird train --encoder clip/encoder.json` takes them along
with the encoder that they lie beside. Scores are about 1 (poor) to 10.
https://github.com/LAION-AI/aesthetic-predictor
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from . import artifact


def main() -> None:
    """Read the tensors, write the arrays."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    state = torch.load(args.weights, map_location="cpu", weights_only=True)
    weight, bias = state["weight"].float().numpy(), state["bias"].float().numpy()
    if weight.shape[0] != 1 or bias.shape != (1,):
        raise SystemExit(f"{args.weights} holds a layer of shape {weight.shape}, not one output")
    target = args.out / "aesthetic.npz"
    np.savez(target, coefficients=weight[0], intercept=np.asarray(bias[0]))
    digest = hashlib.sha256(args.weights.read_bytes()).hexdigest()
    entry = artifact.describe(
        target,
        licence="MIT",
        source=f"LAION sa_0_4_vit_b_16_linear.pth, sha256 {digest}",
        precision="fp32",
    )
    (args.out / "aesthetic.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")
    print(f"{target}: {weight.shape[1]} coefficients")


if __name__ == "__main__":
    main()
