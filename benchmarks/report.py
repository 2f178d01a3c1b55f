"""The benchmark's figures as a page: tables in Markdown, and what a goal that is not met would need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from benchmarks.systems import kept

Figures = dict[str, Any]

_GOALS: Final = {"lite": 40, "clip after lite": 25}
_BYTES: Final = 10
_MINE_MB: Final = 250


def pages(results: Figures) -> str:
    """Everything that was measured."""
    lines = [_machine(results["machine"]), ""]
    for name, systems in results["mixes"].items():
        lines += [*_systems(name, systems), ""]
    lines += [*_mine(results), ""]
    if results["peers"]:
        lines += [*_peers(results), ""]
    lines += _goals(results)
    return "\n".join(lines) + "\n"


def _machine(machine: Figures) -> str:
    vnni = "with" if machine["VNNI"] else "without"
    return (
        f"{machine['date']}, {machine['processor']} ({machine['vectors']}, {vnni} VNNI), {machine['cores']}"
        f" cores, load {machine['load at the start']:.1f} at the start and {machine['load at the end']:.1f}"
        " at the end."
    )


def _systems(mix: str, systems: Mapping[str, Figures]) -> Iterator[str]:
    count = len(systems["baseline"]["outcomes"])
    yield (
        f"| {count} candidates, {mix} | CPU ms | ratio | kB fetched | ratio | peak MB | kept"
        " | verdicts that differ |"
    )
    yield "| --- " * 8 + "|"
    base = systems["baseline"]
    for system, figures in systems.items():
        differ = len(kept(figures) ^ kept(systems["lite without previews"]))
        yield (
            f"| {system} | {figures['cpu_ms'] / count:.1f} | {base['cpu_ms'] / figures['cpu_ms']:.1f}"
            f" | {figures['bytes'] / count / 1000:.1f} | {base['bytes'] / figures['bytes']:.1f}"
            f" | {figures['peak_mb']:.0f} | {len(kept(figures))} | {differ} |"
        )
    yield ""
    for system, figures in systems.items():
        parts = sorted(figures["stages_ms"].items(), key=lambda item: -item[1])
        ends = Counter(figures["outcomes"].values()).most_common()
        told = ", ".join(f"{name} {spent / count:.2f}" for name, spent in parts)
        yield f"- {system}, ms a candidate: {told}. Ends: {', '.join(f'{end} {n}' for end, n in ends)}."


def _mine(results: Figures) -> Iterator[str]:
    yield (
        "| `bowerbird mine` with its defaults | candidates | CPU ms each | of which start | peak MB | (RSS)"
        " | kept |"
    )
    yield "| --- " * 7 + "|"
    start = results["mine start"]["cpu_ms"]
    for mix, figures in results["mine"].items():
        count = _count(results, mix)
        yield (
            f"| {mix} | {count} | {figures['cpu_ms'] / count:.1f} | {start / count:.1f}"
            f" | {figures['peak_mb']:.0f} | {figures['peak_rss_mb']:.0f} | {figures['kept']} |"
        )


def _peers(results: Figures) -> Iterator[str]:
    mix = next(iter(results["mixes"]))
    count = _count(results, mix)
    yield (
        f"| {count} candidates, {mix} | start, CPU s | CPU ms each | kB fetched | peak MB | what it does"
        " | what it does not |"
    )
    yield "| --- " * 7 + "|"
    mine = results["mine"][mix]
    yield _row("`bowerbird mine`", mine, results["mine start"], count) + " all of it | |"
    for name, figures in results["peers"].items():
        row = _row(f"{name} {figures['version']}", figures, results["peers start"][name], count)
        yield f"{row} {figures['does']} | {figures['does_not']} |"


def _row(name: str, figures: Figures, start: Figures, count: int) -> str:
    each = (figures["cpu_ms"] - start["cpu_ms"]) / (count - 1)
    return (
        f"| {name} | {start['cpu_ms'] / 1000:.1f} | {each:.1f} | {figures['bytes'] / count / 1000:.1f}"
        f" | {figures['peak_mb']:.0f} |"
    )


def _goals(results: Figures) -> Iterator[str]:
    mix, systems = next(iter(results["mixes"].items()))
    count, base = _count(results, mix), systems["baseline"]
    yield f"| goal, {mix} | today |"
    yield "| --- | --- |"
    for system, goal in _GOALS.items():
        figures = systems[system]
        ratio, wanted = base["cpu_ms"] / figures["cpu_ms"], base["cpu_ms"] / count / goal
        parts = sorted(figures["stages_ms"].items(), key=lambda item: -item[1])[:6]
        told = ", ".join(f"{name} {spent / count:.2f}" for name, spent in parts)
        bound = f": {goal} times would be {wanted:.1f} ms. Of {figures['cpu_ms'] / count:.1f} ms: {told}"
        met = ratio >= goal
        yield f"| {system} ≥ {goal} times | {_word(met)} {ratio:.1f} times{'' if met else bound} |"
    lite = systems["lite"]
    ratio = base["bytes"] / lite["bytes"]
    rest = (base["bytes"] - base["bytes of PNG"]) / (lite["bytes"] - lite["bytes of PNG"])
    yield f"| bytes ≤ 1/{_BYTES} | {_word(ratio >= _BYTES)} 1/{ratio:.1f}; without the PNGs 1/{rest:.1f} |"
    peak = max(figures["peak_mb"] for figures in results["mine"].values())
    yield f"| `mine` ≤ {_MINE_MB} MB in all | {_word(peak <= _MINE_MB)} {peak:.0f} MB at most |"


def _word(met: bool) -> str:
    return "met:" if met else "not met:"


def _count(results: Figures, mix: str) -> int:
    return len(results["mixes"][mix]["baseline"]["outcomes"])
