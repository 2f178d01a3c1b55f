"""Glances at the smallest copy that the host offers. Most pictures can be rejected on some ten kilobytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.filter.stages.preview import Preview


@dataclass(frozen=True, slots=True)
class Glance(Preview):
    """As `Preview`, with the small network, and a copy that is large enough for that one."""

    name: ClassVar[str] = "glance"
