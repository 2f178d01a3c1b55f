"""Converts the watermark weights the author of the original system published (torch) to ONNX.

https://huggingface.co/qwertyforce/watermark_detection, model.pt: timm's tf_efficientnetv2_b0 with one logit,
for 512x512 pictures with mean and deviation 0.5. Licence CC-BY-SA-4.0, which goes with the converted file.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import tempfile
import types
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from layers.models.workshop import artifact

from . import entry
from .efficientnetv2_b0 import EfficientNetV2B0
from .export import check, to_onnx

#: The file at commit 43e8a35 of the publisher's repository, 23.9 MB.
PUBLISHED_SHA256: Final = "c835dcf80ffa6fd3cb2cedfba95223b5c4243bf59431dfee5889517016a8dff5"

# A pickled tensor is made of these. Everything else in the file becomes an Inert.
_TENSOR_PARTS: Final = {
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.FloatStorage",
    "torch.LongStorage",
    "collections.OrderedDict",
}


class Inert:
    """Stands for any object of a pickled model: keeps its attributes and items, and runs none of its code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        del args, kwargs

    def __setstate__(self, state: object) -> None:
        if isinstance(state, dict):
            self.__dict__.update(state)

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def append(self, item: object) -> None:
        """Forgets an item of what was a list."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" in _TENSOR_PARTS:
            return super().find_class(module, name)
        return Inert


# torch.load takes its unpickler from a module-like object.
_CAREFUL: Final = types.SimpleNamespace(Unpickler=_Unpickler, load=pickle.load, __name__="careful")


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, whether it holds a state dict or a whole pickled model.

    Nothing in the file is executed: a name that is not part of a tensor becomes an inert object.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        found = torch.load(path, map_location="cpu", weights_only=False, pickle_module=_CAREFUL)
    tensors = _tensors(found, "")
    return {name.removeprefix("module.").removeprefix("_orig_mod."): value for name, value in tensors.items()}


def _tensors(value: object, prefix: str) -> dict[str, Tensor]:
    if isinstance(value, Tensor):
        return {prefix.rstrip("."): value.detach()}
    if isinstance(value, dict):
        found: dict[str, Tensor] = {}
        # A checkpoint may wrap the state dict; its own names are not part of the tensors' names.
        for wrapper in ("state_dict", "model", "model_state_dict"):
            if isinstance(value.get(wrapper), dict | Inert):
                return _tensors(value[wrapper], prefix)
        for name, item in value.items():
            found |= _tensors(item, f"{prefix}{name}.")
        return found
    parts: OrderedDict[str, Tensor] = OrderedDict()
    for kind in ("_parameters", "_buffers", "_modules"):
        parts |= _tensors(getattr(value, "__dict__", {}).get(kind) or {}, prefix)
    return parts


def convert(path: Path, out: Path) -> float:
    """Writes the ONNX file; returns its largest difference from torch.

    Raises:
        RuntimeError: the names or shapes are not those of tf_efficientnetv2_b0 with one logit.
    """
    model = EfficientNetV2B0()
    model.load_state_dict(read(path))
    to_onnx(model.eval(), out, ["logit"])
    return check(model, out)


def prove() -> None:
    """Converts random weights of the published architecture, saved the two ways torch saves models."""
    torch.manual_seed(0)
    model = EfficientNetV2B0().eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    torch.nn.init.normal_(model.classifier.weight, 0, 0.05)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, saved in (("state dict", model.state_dict()), ("whole model", model)):
            torch.save(saved, place / "model.pt")
            difference = convert(place / "model.pt", place / "model.onnx")
            size = (place / "model.pt").stat().st_size
            print(f"{name}: {size} bytes in, largest difference {difference:.2g}")


def main() -> None:
    """Converts the published weights."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("weights", type=Path, nargs="?", help="the published model.pt")
    parser.add_argument("--out", type=Path, help="folder to write")
    parser.add_argument("--sha256", default=PUBLISHED_SHA256, help="what the file must hash to")
    parser.add_argument("--prove", action="store_true", help="try it on random weights instead")
    args = parser.parse_args()
    if args.prove:
        prove()
        return
    if not (args.weights and args.out):
        parser.error("give the weights and --out, or --prove")
    digest = hashlib.sha256(args.weights.read_bytes()).hexdigest()
    if digest != args.sha256:
        raise SystemExit(f"{args.weights} has sha256 {digest}, not {args.sha256}: download it again")
    args.out.mkdir(parents=True, exist_ok=True)
    target = args.out / "watermark.onnx"
    print(f"{target}: largest difference {convert(args.weights, target):.2g}")
    described = artifact.describe(
        target,
        licence="CC-BY-SA-4.0",
        source=f"qwertyforce/watermark_detection model.pt, sha256 {digest}",
        precision="fp32",
    )
    # The original rounds the probability, which puts its threshold at one half.
    entry.write(target, described, 0.5, "as the original filter server, which rounds")


if __name__ == "__main__":
    main()
