"""Which servers each suite runs against; the fixtures of these names are in tests/conftest.py."""

from __future__ import annotations

import pytest

from tests import aws_servers

_NEEDED = pytest.mark.skipif(not aws_servers.installed(), reason="needs .venv-aws: run `make test`")

# moto is not among them, for its conditional writes are not atomic: of 25 races for one decision, two had
# two winners.
#: Parameters of fixtures that are run against every server that has SQS and DynamoDB, or S3.
CLOUDS = (pytest.param("ministack", marks=_NEEDED),)
S3_SERVERS = (*CLOUDS, pytest.param("seaweedfs", marks=_NEEDED))
