"""What on-call sees of the filter: log lines in JSON and counts in the embedded metric format."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason
from bowerbird.filter.telemetry import Telemetry


def decision(candidate: str, *, keep: bool, stage: str = "novelty") -> Decision:
    return Decision(
        candidate,
        keep,
        stage=stage,
        reason=Reason.parse("kept" if keep else "novelty: far from what you love"),
        bundle="lite@1.0.0",
        decided_at="2026-11-22T00:00:00Z",
        scores={"novelty": -1.5},
        timings={"original": 30.0, stage: 12.0},
        submission={"title": "not for the log"},
    )


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(namespace="Bowerbird", service="filter")


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def telemetry(metrics: Metrics, log: io.StringIO, request: pytest.FixtureRequest) -> Telemetry:
    return Telemetry(Logger(service=request.node.name, stream=log), metrics)


def counted(metrics: Metrics) -> dict[str, Any]:
    found = metrics.serialize_metric_set()
    metrics.clear_metrics()
    return {name: found[name] for name in ("Kept", "Rejected", "Returned")}


def test_a_decision_is_one_line_with_its_evidence(telemetry: Telemetry, log: io.StringIO) -> None:
    telemetry.decided(decision("a", keep=False))
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["message"], line["candidate"], line["keep"]) == ("decided", "a", False)
    assert (line["stage"], line["word"]) == ("novelty", "novelty")
    assert line["reason"] == "novelty: far from what you love"
    assert (line["scores"], line["timings"]) == (
        {"novelty": -1.5},
        {"original": 30.0, "novelty": 12.0},
    )
    assert "submission" not in line


def test_a_batch_is_three_counts(telemetry: Telemetry, metrics: Metrics) -> None:
    for n in range(5):
        telemetry.decided(decision(str(n), keep=n == 0))
    telemetry.settled({"batchItemFailures": [{"itemIdentifier": "m"}]})
    assert counted(metrics) == {"Kept": [1.0], "Rejected": [4.0], "Returned": [1.0]}


def test_the_next_batch_starts_from_nothing(telemetry: Telemetry, metrics: Metrics) -> None:
    telemetry.decided(decision("a", keep=True))
    telemetry.settled({"batchItemFailures": []})
    counted(metrics)
    telemetry.settled({"batchItemFailures": []})
    assert counted(metrics) == {"Kept": [0.0], "Rejected": [0.0], "Returned": [0.0]}


def test_a_stage_is_a_count_and_its_times(telemetry: Telemetry, capsys: pytest.CaptureFixture[str]) -> None:
    for n, (stage, keep) in enumerate([("novelty", False), ("novelty", False), ("watermark", True)]):
        telemetry.decided(decision(str(n), keep=keep, stage=stage))
    telemetry.settled({"batchItemFailures": []})
    told = {line["stage"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    found = {stage: (line.get("Rejected"), line["Milliseconds"]) for stage, line in told.items()}
    assert found == {
        "original": (None, [30.0, 30.0, 30.0]),
        "novelty": ([2.0], [12.0, 12.0]),
        "watermark": (None, [12.0]),
    }
    (directive,) = told["novelty"]["_aws"]["CloudWatchMetrics"]
    assert [sorted(names) for names in directive["Dimensions"]] == [["service", "stage"]]


def test_a_decision_that_took_no_stage_is_counted_too(
    telemetry: Telemetry, capsys: pytest.CaptureFixture[str]
) -> None:
    purged = replace(decision("a", keep=False, stage="purged"), timings={})
    telemetry.decided(purged)
    telemetry.settled({"batchItemFailures": []})
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["stage"], line["Rejected"], "Milliseconds" in line) == ("purged", [1.0], False)
