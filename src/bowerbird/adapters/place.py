"""PLACE, as the command line writes it: a folder, or `s3://bucket[/prefix]`."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bowerbird.adapters.bucket_state import state_folder
from bowerbird.adapters.folder.store import STATE, FolderStore
from bowerbird.core.errors import StoreError, UsageError
from bowerbird.core.extras import told_if_missing
from bowerbird.core.ports import ObjectStore
from bowerbird.core.whole import advice

# What every place has one of, whichever of its parts were lost, or copied from a bucket.
_SIGNS: Final = (STATE, "decisions", "images", "replaced", "labels")


@dataclass(frozen=True, slots=True)
class Place:
    """An opened place: its object store, and the local folder for the queue and the ledger.

    A `shared` one, a bucket, may be filled from other machines too.
    """

    name: str
    store: ObjectStore
    state: Path
    shared: bool = False


def open_place(place: str, endpoint_url: str | None = None, *, forget: bool = False) -> Place:
    """Open a place. If its folder does not exist, make it.

    A bucket's queue and ledger live on this machine, in the user's state folder, one per bucket and prefix.
    With `forget`, what is deleted from a bucket leaves no old version behind.

    Raises:
        UsageError: the place cannot be written to, or is no place at all.
    """
    state = state_of(place, endpoint_url)
    if place.startswith("s3://"):
        store, _ = _open_bucket(place, endpoint_url, forget)
        return Place(place, store, state, shared=True)
    root = state.parent
    try:
        return Place(str(root), FolderStore(root), state)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:  # the place is right, and the disk is full
            raise StoreError(f"{root}: {advice(error)}") from error
        raise UsageError(
            f"{root}: cannot be used as a place ({error.strerror}); name a writable folder"
        ) from None


def state_of(place: str, endpoint_url: str | None = None) -> Path:
    """The folder on this machine that holds a place's queue and ledger, whether or not it is there yet.

    Raises:
        UsageError: it is no place at all.
    """
    if place.startswith("s3://"):
        _, asked = _open_bucket(place, endpoint_url, forget=False)
        return state_folder(_state_home(), place, endpoint_url, asked)
    if not place.strip():  # a shell variable that is not set: `--out "$PLACE"`
        raise UsageError("PLACE is empty; name a folder, or s3://bucket[/prefix]")
    if "://" in place:
        raise UsageError(f"{place}: a place is a folder or s3://bucket[/prefix]")
    return Path(place).expanduser().resolve() / STATE


def open_store(place: str, endpoint_url: str | None = None) -> ObjectStore:
    """Open the store of a place that must already exist, for commands that only read it."""
    return open_existing(place, endpoint_url).store


def open_existing(place: str, endpoint_url: str | None = None, *, forget: bool = False) -> Place:
    """Open a place that must already be there; `forget` as for `open_place`.

    Raises:
        UsageError: there is no such folder, or it holds other things and nothing that `mine` writes: a path
            that was mistyped, and would become a place otherwise.
    """
    if place.strip() and "://" not in place:
        root, hint = Path(place).expanduser(), "give the --out of a `bowerbird mine` run"
        if not root.is_dir():
            raise UsageError(f"{place}: no such folder; {hint}")
        inside = {each.name for each in root.iterdir()} if os.access(root, os.R_OK) else set()
        if inside and inside.isdisjoint(_SIGNS):
            raise UsageError(f"{place}: `bowerbird mine` never wrote here; {hint}")
    return open_place(place, endpoint_url, forget=forget)


def _open_bucket(place: str, endpoint_url: str | None, forget: bool) -> tuple[ObjectStore, str]:
    """Open a bucket's store; returns also where requests for it go."""
    # boto3 takes most of a second to import, and a folder does not need it.
    with told_if_missing():
        import boto3  # noqa: PLC0415

        from bowerbird.adapters.aws.s3 import S3Store  # noqa: PLC0415
        from bowerbird.adapters.aws.timeouts import TIMEOUTS  # noqa: PLC0415

    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not bucket:
        raise UsageError(f"{place}: name a bucket, as in s3://my-pictures/collection")
    client = boto3.client("s3", endpoint_url=endpoint_url, config=TIMEOUTS)
    return S3Store(client, bucket, prefix, forget=forget), client.meta.endpoint_url


def _state_home() -> Path:
    return Path.home() / ".local" / "state" / "bowerbird"
