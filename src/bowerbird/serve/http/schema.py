"""Defines what the API says, and how OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

_VERDICT: Final[dict[str, Any]] = {
    "name": "fjord.jpg",
    "keep": True,
    "stage": "watermark",
    "reason": "kept",
    "scores": {"novelty": 0.42, "watermark": 0.03},
    "thresholds": {"novelty": -1.61, "watermark": 0.5},
    "timings": {"original": 0.4, "dimensions": 0.0, "integrity": 21.5, "novelty": 12.1, "watermark": 61.0},
    "facts": {
        "bytes": 481203,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "format": "JPEG",
        "width": 2048,
        "height": 1365,
    },
    "bundle": "lite@1.0.0",
}
_REJECTED: Final = _VERDICT | {
    "name": "screenshot.png",
    "keep": False,
    "stage": "novelty",
    "reason": "novelty: -6.2 is below -1.61",
    "scores": {"novelty": -6.2},
    "thresholds": {"novelty": -1.61},
}


class VerdictAnswer(BaseModel):
    """One picture's verdict with its evidence; a line of the NDJSON answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VERDICT, _REJECTED]})

    name: str = Field(description="the file's name, the URL, or the place in a raw batch, from 0")
    keep: bool
    stage: str = Field(description="the stage that rejected, or the last one")
    reason: str = Field(description="`kept`, or a machine-readable word, then details after a colon")
    scores: dict[str, float] = Field(description="by stage: `novelty`, `watermark`; absent if not reached")
    thresholds: dict[str, float] = Field(
        description="novelty keeps at or above, watermark rejects at or above"
    )
    timings: dict[str, float] = Field(description="milliseconds by stage")
    facts: dict[str, Any] = Field(description="bytes, sha256, format, width, height and what stages saw")
    bundle: str = Field(description="the models' name and version")


class VerdictsAnswer(BaseModel):
    """All verdicts of a request, in the order of its pictures."""

    verdicts: list[VerdictAnswer]


class UrlsRequest(BaseModel):
    """Pictures to fetch and judge."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"urls": ["https://i.redd.it/8h3kq0fjord01.jpg"]}]},
    )

    urls: list[Annotated[str, Field(min_length=1, max_length=4096)]] = Field(
        min_length=1, description="http or https, on the public internet"
    )


class ThresholdAnswer(BaseModel):
    """A decision boundary and how it was chosen."""

    value: float
    chosen: str


class ArtifactAnswer(BaseModel):
    """One file of the bundle."""

    file: str
    sha256: str
    bytes: int
    licence: str
    source: str
    precision: str


class NoveltyAnswer(BaseModel):
    """The owner's model; `scale` is a low and a high score of the pictures it was made with, to draw by."""

    threshold: ThresholdAnswer
    scale: tuple[float, float] | None = None


class WatermarkAnswer(BaseModel):
    """The watermark classifier."""

    threshold: ThresholdAnswer


class BundleAnswer(BaseModel):
    """The models that judge."""

    bundle: str = Field(description="name and version", examples=["lite@1.0.0"])
    created_from: str
    novelty: NoveltyAnswer
    watermark: WatermarkAnswer | None
    artifacts: list[ArtifactAnswer]


class HealthAnswer(BaseModel):
    """The process answers."""

    status: str = Field(examples=["ok"])


class ReadyAnswer(BaseModel):
    """There is room for a request."""

    status: str = Field(examples=["ready"])
    bundle: str = Field(examples=["lite@1.0.0"])
    judging: int = Field(description="requests being judged now", examples=[2])
    capacity: int = Field(description="requests judged at once at most", examples=[8])


class ProblemAnswer(BaseModel):
    """An error: https://www.rfc-editor.org/rfc/rfc9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:bowerbird:problem:too-large",
                    "title": "Too large",
                    "status": 413,
                    "detail": "'fjord.tif' has more than 50000000 bytes.",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(
        default=None, description="for invalid fields: `pointer` and `detail`"
    )
