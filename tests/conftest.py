"""One local server of each kind a test run, started when the first test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import aws_servers
from tests.aws_servers import Cloud

# The tests run beside each other, one on each processor. Threads of the algebra would wait for each other and
# spin meanwhile. It reads this when numpy is first imported, which nothing above does.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# How long an example takes depends on what else the machine does.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture(autouse=True, scope="session")
def no_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may have a bowerbird.toml; no test reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-configuration"))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-seeds", type=int, default=1, help="how often each test of tests/chaos is run")
    parser.addoption("--chaos-from", type=int, default=0, help="the first seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "chaos_seed" in metafunc.fixturenames:
        first, count = (metafunc.config.getoption(f"--chaos-{name}") for name in ("from", "seeds"))
        metafunc.parametrize("chaos_seed", range(first, first + count))


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
