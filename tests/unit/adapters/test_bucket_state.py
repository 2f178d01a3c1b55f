"""One place has one ledger, however its address is written, and the one that it had before is found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bowerbird.adapters.bucket_state import one_spelling, state_folder

PLACE = "s3://pics/col"

LIKE = {
    "http://127.0.0.1:9000": [
        "http://127.0.0.1:9000/",
        "http://127.0.0.1:9000//",
        "HTTP://127.0.0.1:9000",
        "http://localhost:9000",
        "http://LocalHost:9000/",
        "http://[::1]:9000",
    ],
    "https://minio.example": [
        "https://minio.example/",
        "https://MinIO.Example",
        "https://minio.example:443",
        "https://minio.example.:443/",
    ],
    "http://minio.example": ["http://minio.example:80/"],
    "https://minio.example/s3": ["https://minio.example/s3/"],
}


def before(endpoint_url: str | None, place: str = PLACE) -> str:
    """The folder's name in versions that took the address as it was typed."""
    return hashlib.sha256(f"{endpoint_url} {place}".encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("plain", "other"), [(plain, each) for plain, others in LIKE.items() for each in others]
)
def test_one_address_has_one_folder(tmp_path: Path, plain: str, other: str) -> None:
    assert state_folder(tmp_path, PLACE, other) == state_folder(tmp_path, PLACE, plain)
    assert state_folder(tmp_path, f"{PLACE}/", other) == state_folder(tmp_path, PLACE, plain)
    assert state_folder(tmp_path, PLACE, plain).name == before(plain)
    assert state_folder(tmp_path, PLACE, None, asked=other) == state_folder(tmp_path, PLACE, plain)


def test_different_addresses_and_places_have_folders_of_their_own(tmp_path: Path) -> None:
    addresses = [*LIKE, "http://127.0.0.1:9001", "https://minio.example:9000", None]
    folders = {state_folder(tmp_path, PLACE, each) for each in addresses}
    folders.add(state_folder(tmp_path, "s3://pics/other", None))
    assert len(folders) == len(addresses) + 1


@pytest.mark.parametrize("asked", ["https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com/", None])
def test_aws_is_one_place_in_every_region(tmp_path: Path, asked: str | None) -> None:
    assert state_folder(tmp_path, PLACE, None, asked).name == before(None)
    assert state_folder(tmp_path, PLACE, asked).name == before(None)


@pytest.mark.parametrize(
    ("typed", "now"),
    [
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("http://localhost:9000/", "http://127.0.0.1:9000"),
        ("https://minio.example:443/", "https://minio.example"),
        ("http://localhost", "http://127.0.0.1"),
    ],
)
def test_a_folder_from_before_is_found(tmp_path: Path, typed: str, now: str) -> None:
    old = tmp_path / before(typed)
    old.mkdir()
    (old / "ledger.db").touch()
    for spelling in (now, typed, now):
        assert (state_folder(tmp_path, PLACE, spelling) / "ledger.db").exists()


def test_a_spelling_that_nobody_would_guess_is_found_under_the_others_once_it_was_used(
    tmp_path: Path,
) -> None:
    odd = "http://MINIO.example:9000"
    (tmp_path / before(odd)).mkdir()
    (tmp_path / before(odd) / "ledger.db").touch()
    assert (state_folder(tmp_path, PLACE, odd) / "ledger.db").exists()
    assert (state_folder(tmp_path, PLACE, "http://minio.example:9000/") / "ledger.db").exists()


def test_a_folder_of_an_address_from_the_environment_is_found(tmp_path: Path) -> None:
    (tmp_path / before(None)).mkdir()
    found = state_folder(tmp_path, PLACE, None, asked="http://127.0.0.1:9000")
    assert found.resolve() == (tmp_path / before(None)).resolve()


@pytest.mark.parametrize("wrong", ["http://[", "http://a:99999999", "nonsense", ""])
def test_what_is_no_address_is_left_to_boto(tmp_path: Path, wrong: str) -> None:
    assert state_folder(tmp_path, PLACE, wrong).parent == tmp_path
    one_spelling(wrong)
