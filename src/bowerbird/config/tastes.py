"""`[[taste]]`: which pictures you love, and where they go."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from bowerbird.config.table import Table, located
from bowerbird.core.usual import LOOK, Marks
from bowerbird.filter.shape import NOMADS


class Taste(Table):
    """One taste. Every picture is fetched once, judged by every taste, and kept by each that likes it.

    The first taste's place also keeps the queue, and where each stream was left.
    """

    header: ClassVar[str] = "[[taste]]"

    place: str = Field(
        min_length=1,
        description="Where its pictures go: a folder, or `s3://bucket[/prefix]`. Each taste needs its own.",
        examples=["~/Pictures/bowerbird"],
    )
    bundle: str = Field(
        default="lite", min_length=1, description="Who judges: a bundle's name, or the folder `train` made."
    )
    keep_rate: float | None = Field(
        default=None,
        ge=0.5,
        le=0.999,
        description="How generous to be: the share of pictures like yours that is kept, from 0.5 (strict) to "
        "0.999. Left out: as the bundle was trained or calibrated.",
        examples=[0.9],
    )
    scout: str | None = Field(
        default=None, description="A cheaper bundle that looks first (`bowerbird calibrate --scout`)."
    )
    refit: bool = Field(
        default=False,
        description="Once a day, hold the bundle against what the place looked at, as `train --stream` does.",
    )
    prior: Literal["off", "order", "reject"] = Field(
        default="reject",
        description="What to make of posts that, by your decisions, hardly ever bring a picture you keep. "
        "`reject`: turn them down unseen, once 628 kept pictures show that hardly anything is lost; `order`: "
        "look at them last; `off`.",
    )
    look: float = Field(
        default=LOOK,
        ge=0.01,
        le=1,
        description="Of the posts that `prior` turns down, look at this share all the same.",
    )
    min_area: int = Field(
        default=NOMADS.min_area, ge=0, description="Reject pictures with fewer pixels than this."
    )
    max_wide: float = Field(
        default=NOMADS.max_wide, gt=0, description="Reject what is wider than this many times its height."
    )
    max_tall: float = Field(
        default=NOMADS.max_tall, gt=0, description="Reject what is taller than this many times its width."
    )
    reject_if: tuple[str, ...] = Field(
        default=(),
        description="Reject what one of these rules matches, although the bundle likes it.",
        examples=[["synthetic", "nsfw>0.8"]],
    )
    watermark: Marks = Field(
        default="reject",
        description="What a watermark means: `reject` the picture, `note` it and keep the picture all "
        "the same, or `off`: look for none.",
    )
    note: tuple[Literal["detail", "quality", "nsfw"], ...] = Field(
        default=(), description="Also measure this of every kept picture: `detail`, `quality`, `nsfw`."
    )
    thumbnails: bool = Field(
        default=True, description="Store small copies of the pictures it looked at, for the contact sheet."
    )
    endpoint_url: str | None = Field(
        default=None,
        description="Address of your own S3 server, for a place in a bucket (MinIO, LocalStack…).",
    )

    def located(self, folder: Path) -> Taste:
        """Find the place and the bundles from the file's folder. A bare name is an installed bundle."""
        found = {"place": located(self.place, folder), "bundle": _bundle(self.bundle, folder)}
        if self.scout:
            found["scout"] = _bundle(self.scout, folder)
        return self.model_copy(update=found)


def _bundle(name: str, folder: Path) -> str:
    return located(name, folder) if "/" in name or name.startswith("~") else name
