"""One server of each kind a test run, started when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import aws_servers
from tests.aws_servers import Cloud

_NEEDED = pytest.mark.skipif(not aws_servers.installed(), reason="needs .venv-aws: run `make test`")

#: Parameters of fixtures that are run against every server that has SQS and DynamoDB, or S3.
CLOUDS = ("moto", pytest.param("ministack", marks=_NEEDED))
S3_SERVERS = (*CLOUDS, pytest.param("seaweedfs", marks=_NEEDED))


@pytest.fixture(scope="session")
def moto() -> Iterator[Cloud]:
    with aws_servers.moto() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with aws_servers.ministack(tmp_path_factory.mktemp("ministack")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with aws_servers.seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as cloud:
        yield cloud
