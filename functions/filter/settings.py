"""The filter function's environment; the only place that reads it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from bowerbird.adapters.aws.tastes import further_tastes
from bowerbird.core.errors import UsageError
from bowerbird.core.limits import MAX_RECEIVES
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.settings import JudgeSettings


class FilterSettings(JudgeSettings):
    """The filter function's further settings.

    `endpoint_url` is a local stand-in for AWS. `gateway` is one server that gets every request for a picture,
    as in the end-to-end test. A gateway would open the way to addresses that are otherwise refused. So a
    gateway is an error on Lambda, which shows in a variable that nobody can set or unset there:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """

    bucket: str
    ledger_table: str
    queue_url: str
    dead_letter_url: str
    max_receives: int = MAX_RECEIVES
    endpoint_url: str | None = None
    gateway: str | None = None
    lambda_runtime: str | None = Field(None, validation_alias="AWS_EXECUTION_ENV")
    tastes: str = ""
    scout: str = ""
    prior: Literal["off", "reject"] = "reject"
    thumbnails: bool = False
    reject_if: str = ""
    note: str = ""

    def places(self) -> dict[str, str]:
        """Return each taste's bundle by the prefix of its place. The first, `bundle`, has the bucket itself.

        Raises:
            UsageError: two tastes have the same bundle or the same place.
        """
        further = further_tastes(self.tastes)
        if self.bundle in further.values():
            raise UsageError(f"{self.bundle} is two tastes; each needs a bundle of its own")
        return {"": self.bundle} | further

    def asked(self) -> Asked:
        """Read what the owner rejects or notes beside taste. Commas divide both lists.

        Raises:
            UsageError: a text is no rule.
        """
        rules, notes = (
            [part.strip() for part in text.split(",") if part.strip()] for text in (self.reject_if, self.note)
        )
        return Asked.parse(rules, notes)

    @model_validator(mode="after")
    def _no_gateway_on_lambda(self) -> Self:
        if self.gateway and self.lambda_runtime:
            raise ValueError("BOWERBIRD_GATEWAY is for tests; unset it on Lambda")
        return self
