import pytest

from infra.audit import told

GOOD = {"name": "urllib3", "version": "2.8.0", "vulns": []}
BAD = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
SKIPPED = {"name": "idna", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("found", "status"),
    [([GOOD], 0), ([GOOD, BAD], 1), ([GOOD, BAD, SKIPPED], 1), ([GOOD, SKIPPED], 2), ([SKIPPED], 2), ([], 2)],
)
def test_only_what_was_looked_up_is_clean(found: list[dict[str, object]], status: int) -> None:
    assert told(found) == status


def test_every_flaw_and_every_gap_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    told([GOOD, BAD, BAD, SKIPPED])
    assert capsys.readouterr().out.splitlines() == [
        "audit: pillow 1.0: PYSEC-1",
        "audit: pillow 1.0: PYSEC-2",
        "audit: 2 packages looked up, 2 vulnerabilities known",
        "audit: 1 were NOT looked up (no answer from PyPI): idna",
    ]
