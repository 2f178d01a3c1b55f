"""Finds the queue and the ledger of a bucket on this machine: one folder, however the address is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}
_THIS_MACHINE: Final = {"localhost": "127.0.0.1", "::1": "127.0.0.1"}
_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn")


def state_folder(home: Path, place: str, endpoint_url: str | None, asked: str | None = None) -> Path:
    """Find or choose the folder below `home`.

    `endpoint_url` is what somebody typed, and `asked` is where requests then go, as boto3 tells. Earlier
    versions took another folder for each spelling of one address. Such a folder goes on being used, and
    is found under all spellings from then on.
    """
    endpoint = one_spelling(endpoint_url or asked)
    bucket = place.rstrip("/")
    folder = home / _name(endpoint, bucket)
    if folder.exists():
        return folder
    spellings = dict.fromkeys([endpoint_url, *_spellings(endpoint)])
    earlier = (
        home / _name(spelling, name) for spelling in spellings for name in dict.fromkeys([place, bucket])
    )
    found = next((each for each in earlier if each.is_dir()), None)
    if found is None:
        return folder
    with suppress(
        OSError
    ):  # without links, as on some Windows machines, it is found by the same search again
        folder.symlink_to(found.name, target_is_directory=True)
    return found


def one_spelling(endpoint_url: str | None) -> str | None:
    """Write an address in the one way; None for AWS itself, where a bucket's name says all."""
    if endpoint_url is None:
        return None
    try:
        parts = urlsplit(endpoint_url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # boto3 will say what is wrong with it
        return endpoint_url
    if host.endswith(_AWS):
        return None
    host = _THIS_MACHINE.get(host, host)
    name = f"[{host}]" if ":" in host else host
    shown = "" if port in {None, _PORTS.get(parts.scheme)} else f":{port}"
    return f"{parts.scheme}://{name}{shown}{parts.path.rstrip('/')}"


def _spellings(endpoint: str | None) -> Iterator[str | None]:
    """The ways in which people write an address."""
    yield endpoint
    if endpoint is None:
        return
    scheme, _, rest = endpoint.partition("://")
    host, slash, path = rest.partition("/")
    ported = [host] if ":" in host else [host, f"{host}:{_PORTS.get(scheme, 0)}"]
    local = [each.replace("127.0.0.1", "localhost") for each in ported if each.startswith("127.0.0.1")]
    for each in (*ported, *local):
        yield f"{scheme}://{each}{slash}{path}"
        yield f"{scheme}://{each}{slash}{path}/"


def _name(endpoint: str | None, place: str) -> str:
    return hashlib.sha256(f"{endpoint} {place}".encode()).hexdigest()[:16]
