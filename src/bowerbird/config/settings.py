"""Finds the configuration, and completes the environment by `.env` and by secrets that stand in files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bowerbird.core.errors import UsageError

#: The file's name, in the folder one is in or in that of the user's configuration.
NAME: Final = "bowerbird.toml"
_PREFIX: Final = "BOWERBIRD_"
_FILE: Final = "_FILE"
# What `.env` may set. It may lie in a folder that other programs use too.
_OURS: Final = (_PREFIX, "AWS_")
_MOST: Final = 65_536


def config_home() -> Path:
    """The folder of this user's configuration files: https://specifications.freedesktop.org/basedir-spec/."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".config"


def find(named: str | None) -> Path | None:
    """The file that is named, or `bowerbird.toml` of the folder one is in, or of the user; None without one.

    Raises:
        UsageError: the named one is not there.
    """
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise UsageError(f"{named}: no such file; `bowerbird init {named}` writes one")
        return path.resolve()
    places = (Path(NAME), config_home() / "bowerbird" / NAME)
    return next((path.resolve() for path in places if path.is_file()), None)


def given(names: Iterable[str]) -> dict[str, str]:
    """Those of these variables that are set to something."""
    return {name: value for name in names if (value := os.environ.get(name))}


@contextmanager
def completed(beside: Path | None) -> Iterator[None]:
    """Add what `.env` in the folder `beside` says, and the secrets that `NAME_FILE` names, for the block.

    What is set already stands. Settings are read from the environment, so each of them can be given so.

    Raises:
        UsageError: a file cannot be read, or a secret is given twice.
    """
    before = set(os.environ)
    try:
        add(_secrets(dict(os.environ), Path()))
        if beside is not None:
            told = _dotenv(beside / ".env")
            add({**told, **_secrets(told, beside)})
        yield
    finally:
        for name in set(os.environ) - before:
            del os.environ[name]


def add(variables: Mapping[str, str]) -> None:
    """Set what is not set yet, within `completed`."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - only where there is such a file

    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from None
    return {name: value for name, value in values.items() if value and name.startswith(_OURS)}


def _secrets(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What the files hold that variables such as `BOWERBIRD_REDDIT_CLIENT_SECRET_FILE` name."""
    found = {}
    for variable, path in variables.items():
        name = variable.removesuffix(_FILE)
        if not variable.startswith(_PREFIX) or name == variable or not path:
            continue
        if variables.get(name):
            raise UsageError(f"{name} and {variable} are both set: keep one of them")
        found[name] = _content(variable, folder / Path(path).expanduser())
    return found


def _content(variable: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{variable} names {path}, which cannot be read: {why}") from None
    if not text or len(text) > _MOST:
        raise UsageError(f"{variable} names {path}, which holds {'too much' if text else 'nothing'}")
    return text
