"""What the filter tells CloudWatch: a log line a decision, counts a batch, and counts and times a stage.

One metric costs as much a month as storing a million decisions. So a dimension has few values, as the stages
have, which our own pipeline names. Reasons may quote a stranger, and stay in the log lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from bowerbird.core.decisions import Decision


class Telemetry:
    """Counts one batch at a time; `decided` may be called from several threads."""

    def __init__(self, logger: Logger, metrics: Metrics) -> None:
        self._logger = logger
        self._metrics = metrics
        self._decisions: list[Decision] = []

    def decided(self, decision: Decision) -> None:
        """Log a decision; called again when a candidate is delivered twice."""
        self._decisions.append(decision)
        self._logger.info(
            "decided",
            candidate=decision.candidate,
            keep=decision.keep,
            stage=decision.stage,
            reason=str(decision.reason),
            word=decision.reason.word,
            scores=decision.scores,
            timings=decision.timings,
            bundle=decision.bundle,
        )

    def settled(self, answer: dict[str, Any], hosts: dict[str, dict[str, int]] | None = None) -> None:
        """Count a batch that has been answered; `hosts` are those that did not only answer."""
        if hosts:
            self._logger.warning("hosts in trouble", hosts=hosts)
        decisions, self._decisions = self._decisions, []
        kept = sum(decision.keep for decision in decisions)
        self._metrics.add_metric("Kept", MetricUnit.Count, kept)
        self._metrics.add_metric("Rejected", MetricUnit.Count, len(decisions) - kept)
        self._metrics.add_metric("Returned", MetricUnit.Count, len(answer["batchItemFailures"]))
        _tell_stages(decisions)


def _tell_stages(decisions: Sequence[Decision]) -> None:
    """For each stage: how many it rejected, and the milliseconds of each candidate that reached it."""
    rejected = Counter(decision.stage for decision in decisions if not decision.keep)
    times: defaultdict[str, list[float]] = defaultdict(list)
    for decision in decisions:
        for stage, milliseconds in decision.timings.items():
            times[stage].append(milliseconds)
    for stage in {**rejected, **times}:
        metrics = EphemeralMetrics(namespace="Bowerbird", service="filter")
        metrics.add_dimension("stage", stage)
        if stage in rejected:
            metrics.add_metric("Rejected", MetricUnit.Count, rejected[stage])
        for milliseconds in times[stage]:
            metrics.add_metric("Milliseconds", MetricUnit.Milliseconds, milliseconds)
        metrics.flush_metrics()
