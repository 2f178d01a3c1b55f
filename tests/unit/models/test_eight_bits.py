"""Embeddings in 8 bits a number."""

import numpy as np

from bowerbird.models.densities import unit
from bowerbird.models.eight_bits import pack, unpack


def test_a_vector_comes_back_nearly_as_it_was() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(50, 1472)).astype(np.float32))
    again = unpack([pack(row) for row in vectors], 1472)
    assert again.dtype == np.float32
    assert (again * vectors).sum(1).min() > 0.9999
    assert np.allclose(np.linalg.norm(again, axis=1), 1.0, atol=1e-6)


def test_a_row_of_another_encoder_is_left_out() -> None:
    row = pack(np.array([0.6, -0.8], np.float32))
    assert row == bytes([95, 129])  # 129 is -127 with a sign
    assert unpack([row, b"\1\2\3", b""], 2).shape == (1, 2)
    assert unpack([], 2).shape == (0, 2)


def test_nothing_but_zeros_stays_so() -> None:
    assert not unpack([pack(np.zeros(3, np.float32))], 3).any()
