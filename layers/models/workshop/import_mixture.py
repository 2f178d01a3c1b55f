r"""Turns a pickled scikit-learn GaussianMixture of the original system into a bundle.

    python layers/models/workshop/import_mixture.py --pickle gmm_16_r.model --threshold 700 \
        --encoder clip-int8/encoder.json --out my-bundle

A pickle runs whatever code it holds when it is read: import only files you trust. The bundle that comes out
holds plain arrays; nothing that judges pictures ever reads a pickle.
"""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

import numpy as np
from sklearn.mixture import GaussianMixture

from bowerbird.models.densities import Mixture
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import write


def convert(model: GaussianMixture) -> Mixture:
    """The same log-likelihoods from plain arrays.

    Raises:
        SystemExit: this is no fitted mixture, or its covariance is spherical.
    """
    if not isinstance(model, GaussianMixture) or not hasattr(model, "precisions_cholesky_"):
        raise SystemExit(f"a fitted GaussianMixture is wanted, not {type(model).__name__}")
    if model.covariance_type not in {"full", "tied", "diag"}:
        raise SystemExit(f"covariance {model.covariance_type} is not supported; fit full, tied or diag")
    dim = model.means_.shape[1]
    return Mixture(
        covariance=np.asarray(model.covariance_type),
        weights=model.weights_.astype(np.float32),
        means=model.means_.astype(np.float32),
        precisions=model.precisions_cholesky_.astype(np.float32),
        basis=np.eye(dim, dtype=np.float32),
        centre=np.zeros(dim, np.float32),
    )


def main() -> None:
    """Read, convert, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pickle", type=Path, required=True)
    parser.add_argument(
        "--threshold", type=float, required=True, help="log-likelihood, such as 500, 700 or 900"
    )
    parser.add_argument("--encoder", required=True, help="encoder.json or a bundle")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.pickle.open("rb") as file:
        mixture = convert(pickle.load(file))  # noqa: S301 - the reason for this script; see its first lines
    write.write(
        args.out,
        write.networks(args.encoder),
        Novelty((Part(mixture, (0, mixture.dim)),), args.threshold),
        version="1.0.0",
        chosen="taken over from the original system",
        created_from=f"{args.pickle.name}, imported",
        licence="unspecified",
    )
    print(f"{args.out}: {len(mixture.weights)} {mixture.covariance} components, {mixture.dim} numbers")


if __name__ == "__main__":
    main()
