"""The import script, as it is run: a pickled mixture becomes a bundle with the same scores."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from bowerbird.models import canonical
from bowerbird.models.bundle import load

SCRIPT = Path(__file__).parents[3] / "layers/models/workshop/import_mixture.py"


def run(file: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        SCRIPT,
        "--pickle",
        file,
        "--threshold",
        "700",
        "--encoder",
        "lite",
        "--out",
        out,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_scores_carry_over(tmp_path: Path) -> None:
    lite = load("lite")
    vectors = np.random.default_rng(0).normal(size=(40, lite.encoder.dim)).astype(np.float32) / 40
    model = GaussianMixture(2, covariance_type="diag", random_state=0).fit(vectors)
    (tmp_path / "gmm.model").write_bytes(pickle.dumps(model))

    done = run(tmp_path / "gmm.model", tmp_path / "mine")

    assert done.returncode == 0, done.stderr
    bundle = load(tmp_path / "mine", verify=True)
    seen = bundle.encoder.embed([canonical.draw("dusk")])
    assert bundle.novelty.threshold == 700.0
    assert bundle.novelty.score(seen) == pytest.approx(model.score_samples(seen), rel=1e-4)


def test_another_pickle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gmm.model").write_bytes(pickle.dumps({"not": "a mixture"}))

    done = run(tmp_path / "gmm.model", tmp_path / "mine")

    assert done.returncode == 1
    assert "a fitted GaussianMixture is wanted, not dict" in done.stderr
