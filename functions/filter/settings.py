"""The filter function's environment; the only place that reads it."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bowerbird.core.limits import MAX_PICTURE_BYTES
from bowerbird.filter.cores import MEMORY_MB
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.shape import NOMADS, ShapeRule
from bowerbird.net.user_agent import IN_THE_CLOUD, with_contact


class FilterSettings(BaseSettings):
    """Variables are upper case with the prefix `BOWERBIRD_`, as template.yaml sets them.

    `endpoint_url` is a local stand-in for AWS; `gateway` one server that all pictures are asked of, as the
    end-to-end test does. A gateway would open the way to addresses that are refused otherwise, so where
    Lambda says that it is Lambda, by a variable that nobody can set or unset there, it is an error:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """

    model_config = SettingsConfigDict(env_prefix="BOWERBIRD_", frozen=True)

    bucket: str
    ledger_table: str
    queue_url: str
    dead_letter_url: str
    max_receives: int = 5
    bundle: str = "lite"
    user_agent: str = IN_THE_CLOUD
    contact: str = ""
    endpoint_url: str | None = None
    gateway: str | None = None
    memory_mb: int | None = Field(default=None, validation_alias=MEMORY_MB)
    lambda_runtime: str | None = Field(None, validation_alias="AWS_EXECUTION_ENV")
    min_area: int = NOMADS.min_area
    max_wide: float = NOMADS.max_wide
    max_tall: float = NOMADS.max_tall
    max_bytes: int = MAX_PICTURE_BYTES
    reject_if: str = ""
    note: str = ""

    @property
    def agent(self) -> str:
        """Who asks: the User-Agent, with the contact; raises what `with_contact` does."""
        return with_contact(self.user_agent, self.contact)

    def shape(self) -> ShapeRule:
        """The gallery's rule on size and aspect."""
        return ShapeRule(self.min_area, self.max_wide, self.max_tall)

    def asked(self) -> Asked:
        """What the owner rejects or notes beside taste; both variables are lists with commas.

        Raises:
            UsageError: a rule that is none.
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
