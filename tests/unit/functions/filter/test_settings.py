"""What the environment may say, and where."""

import os

import pytest

from bowerbird.core.cores import cores
from bowerbird.core.errors import UsageError
from functions.filter.settings import FilterSettings

NEEDED = {
    "BOWERBIRD_BUCKET": "b",
    "BOWERBIRD_LEDGER_TABLE": "t",
    "BOWERBIRD_QUEUE_URL": "https://sqs/q",
    "BOWERBIRD_DEAD_LETTER_URL": "https://sqs/d",
}


def settings(monkeypatch: pytest.MonkeyPatch, **more: str) -> FilterSettings:
    for name, value in (NEEDED | more).items():
        monkeypatch.setenv(name, value)
    return FilterSettings()


def test_a_rehearsal_may_name_a_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, BOWERBIRD_GATEWAY="http://127.0.0.1:1").gateway == "http://127.0.0.1:1"


def test_lambda_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="BOWERBIRD_GATEWAY is for tests"):
        settings(
            monkeypatch, BOWERBIRD_GATEWAY="http://127.0.0.1:1", AWS_EXECUTION_ENV="AWS_Lambda_python3.13"
        )
    monkeypatch.delenv("BOWERBIRD_GATEWAY")
    assert settings(monkeypatch, AWS_EXECUTION_ENV="AWS_Lambda_python3.13").gateway is None


def test_a_function_computes_with_the_cores_that_its_memory_pays_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = len(os.sched_getaffinity(0))
    assert cores(settings(monkeypatch).memory_mb) == seen
    for memory, paid in {"512": 1, "1769": 1, "3537": 1, "3538": 2, "10240": 5}.items():
        found = settings(monkeypatch, AWS_LAMBDA_FUNCTION_MEMORY_SIZE=memory)
        assert cores(found.memory_mb) == min(seen, paid)


def test_further_tastes_have_places_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).places() == {"": "lite"}
    found = settings(monkeypatch, BOWERBIRD_BUNDLE="mine", BOWERBIRD_TASTES="cities,,/opt/bundles/faces")
    assert found.places() == {"": "mine", "tastes/cities/": "cities", "tastes/faces/": "/opt/bundles/faces"}


@pytest.mark.parametrize("tastes", ["cities,lite", "cities,cities", "cities,/opt/cities"])
def test_two_tastes_cannot_have_one_place_or_one_bundle(tastes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="a bundle of its own"):
        settings(monkeypatch, BOWERBIRD_TASTES=tastes).places()
