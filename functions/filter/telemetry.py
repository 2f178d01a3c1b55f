"""What the filter tells CloudWatch: a log line a decision, three counts a batch.

Stages, reasons and timings stay in the log lines, where Logs Insights counts them: as metrics, each of them
would cost as much a month as storing a million decisions.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from bowerbird.decisions import Decision


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
            reason=decision.reason,
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
