import socket
from ipaddress import ip_address

import pytest

from bowerbird.panel.addresses import is_loopback, openable


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("LOCALHOST", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("nas.local", False), ("", False),
        ("localhost.example", False), ("127.0.0.1.example", False),
    ],
)  # fmt: skip
def test_only_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_every_address_that_is_told_can_be_opened() -> None:
    for host in ("127.0.0.1", "0.0.0.0"):
        with socket.create_server((host, 0)) as bound:
            port = bound.getsockname()[1]
            found = openable(bound)
            assert found[-1] == f"http://127.0.0.1:{port}"
            assert "http://0.0.0.0" not in " ".join(found)
            for each in found:
                address = each.removeprefix("http://").rpartition(":")[0]
                assert not ip_address(address).is_unspecified
                with socket.create_connection((address, port), timeout=5):
                    bound.accept()[0].close()


def test_an_address_of_six_is_written_in_brackets() -> None:
    try:
        bound = socket.create_server(("::", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with bound:
        assert openable(bound)[-1] == f"http://[::1]:{bound.getsockname()[1]}"
