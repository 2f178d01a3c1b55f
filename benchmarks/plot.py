"""The figures as pictures: bars of CPU by stage, and a curve over the number of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "bowerbird"  # the same figures give the same file
import matplotlib.pyplot as plt  # noqa: E402 - the backend is chosen first
from matplotlib.patches import Rectangle  # noqa: E402


def draw(mixes: dict[str, dict[str, dict[str, Any]]], path: Path) -> None:
    """Draw one panel a mix."""
    figure, panels = plt.subplots(len(mixes), 1, figsize=(9, 2.6 * len(mixes)), squeeze=False)
    stages = sorted({stage for mix in mixes.values() for each in mix.values() for stage in each["stages_ms"]})
    colours = dict(zip(stages, plt.get_cmap("tab20")(range(20)), strict=False))
    for panel, (name, systems) in zip(panels.flat, mixes.items(), strict=True):
        for row, figures in enumerate(systems.values()):
            count, left = len(figures["outcomes"]), 0.0
            for stage, spent in sorted(figures["stages_ms"].items(), key=lambda item: -item[1]):
                panel.barh(row, spent / count, left=left, color=colours[stage])
                left += spent / count
            panel.text(left, row, f" {left:.1f} ms", va="center")
        panel.set_yticks(range(len(systems)), list(systems))
        panel.invert_yaxis()
        panel.margins(x=0.12)
        panel.set_title(f"{name}: CPU ms a candidate")
        panel.spines[["top", "right"]].set_visible(False)
    handles = [Rectangle((0, 0), 1, 1, color=colours[stage]) for stage in stages]
    figure.legend(handles, stages, loc="lower center", ncols=5, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def draw_scale(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw cost, by part, and memory against how many candidates there have been."""
    figure, (cost, memory) = plt.subplots(1, 2, figsize=(9, 3), width_ratios=(3, 2))
    candidates = [row["candidates"] for row in rows]
    parts = [dict(row["parts_us"], other=row["cpu_us"] - sum(row["parts_us"].values())) for row in rows]
    cost.stackplot(candidates, *([each[name] for each in parts] for name in parts[0]), labels=parts[0])
    cost.set_title("CPU µs a candidate")
    handles, labels = cost.get_legend_handles_labels()
    cost.legend(
        handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8
    )
    memory.plot(candidates, [row["peak_mb"] for row in rows], marker="o")
    memory.set_title("peak memory, MB")
    memory.margins(y=0.2)
    for panel in (cost, memory):
        panel.set_xscale("log")
        panel.set_ylim(bottom=0)
        panel.set_xlabel("candidates so far")
        panel.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
