"""Writes the report of a training: a page with pictures, and the same as Markdown, with figures explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2

from bowerbird.core.whole import write_whole
from bowerbird.training import figures, findings
from bowerbird.training.findings import Findings
from bowerbird.training.fit import Fitted
from bowerbird.training.mixtures import Trial

_PAGE: Final = "report.html"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report, and what it means."""

    heading: str
    means: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> list[str]:
        """Write the lines of it."""
        rule = ["---"] * len(self.columns)
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows)]
        return [f"### {self.heading}", "", self.means, "", *lines, ""]


def write(found: Findings, trials: Sequence[Trial], fitted: Fitted) -> Path:
    """Draw everything into `report`, a folder of the bundle; returns the page."""
    folder = found.out / "report"
    folder.mkdir(exist_ok=True)
    figures.criteria(trials, folder / "mixtures.png")
    figures.histogram(fitted.novelty.reference, found.threshold, folder / "scores.png")
    if len(found.rejected):
        figures.curves(found.scores, found.rejected, folder / "curves.png")
    strips = _strips(found, folder)
    tables = [_models(fitted), _mixtures(trials)]
    compared = f"Compared {fitted.against}." if fitted.against else ""
    page = _render(found, strips, tables, compared)
    # The name of a file need not be UTF-8, and must not end a training that is done but for this page.
    write_whole(folder / _PAGE, page.encode(errors="replace"))
    write_whole(folder / "report.md", _markdown(found, tables, compared).encode(errors="replace"))
    return folder / _PAGE


def _strips(found: Findings, folder: Path) -> list[tuple[str, str, str]]:
    """Draw the sheets of pictures; give heading, file and alternative text of those that hold any."""
    good, rejects = (found.good, found.scores), (found.rejects, found.rejected)
    sheets = [
        ("Yours that it only just keeps", "nearest-kept.jpg", good, True),
        ("Yours that it passes over, the closest first", "nearest-dropped.jpg", good, False),
        ("Not yours, and it would let them in", "let-in.jpg", rejects, True),
    ]
    bars = [found.threshold] * len(sheets)
    if found.marked:
        looked = (found.marked.looked, found.marked.probabilities)
        sheets.append(("Yours that seem to carry a watermark", "marked.jpg", looked, True))
        bars.append(found.marked.threshold)
    drawn = []
    for (heading, file, (paths, scores), above), bar in zip(sheets, bars, strict=True):
        held = int(((scores >= bar) == above).sum())
        if paths:
            figures.nearest(paths, scores, bar, folder / file, above=above)
        if held:
            drawn.append((heading, file, f"{held} pictures"))
    return drawn


def _models(fitted: Fitted) -> Table:
    others = "rejects" if len(fitted.total.rejects) else "imitations"
    held = {**fitted.contenders, "finished model": fitted.total}
    if fitted.unaided:
        held["without the rejects"] = fitted.unaided
    return Table(
        "Which model",
        f"The first figure (AUROC) is the chance that a picture of yours scores above one of the {others}: 1 "
        "is perfect, 0.5 is a coin. Imitations are copies of your pictures that training makes look drawn. "
        "The second is the share of your pictures kept, unseen, at the score that 95 % of the seen ones "
        "reach: far below 95 % means that the model knows its pictures by heart. It decides nothing.",
        ("model", f"AUROC against {others}, held out", "unseen kept at 95 % of seen"),
        [(name, f"{seen.separation:.3f}", f"{seen.memory:.1%}") for name, seen in held.items()],
    )


def _mixtures(trials: Sequence[Trial]) -> Table:
    return Table(
        "Mixtures",
        "Each row is one way to describe your pictures by a few clouds: how many, and their shape. The one "
        "with the highest held-out likelihood competes above. A high fitted one beside it means learning by "
        "heart. AIC and BIC, where lower is better, are for comparison.",
        ("mixture", "fitted", "held out", "AIC", "BIC"),
        [
            (
                f"{trial.count} {trial.covariance}",
                f"{trial.fitted:.1f}",
                f"{trial.heldout:.1f}",
                f"{trial.aic:.0f}",
                f"{trial.bic:.0f}",
            )
            for trial in trials
        ],
    )


def _markdown(found: Findings, tables: Sequence[Table], compared: str) -> str:
    lines = [f"# What {found.out.name} learnt", "", findings.what_it_knows(found), ""]
    lines += [f"- {line}" for line in findings.what_it_does(found)]
    lines += ["", *(f"    {line}" for line in findings.what_to_do(found)), "", "## The figures", ""]
    for table in tables:
        lines += table.markdown()
    return "\n".join([*lines, *([compared] if compared else [])]) + "\n"


def _render(
    found: Findings, strips: Sequence[tuple[str, str, str]], tables: Sequence[Table], compared: str
) -> str:
    plots = [
        (
            "Scores",
            "scores.png",
            "How your pictures score (and the rejects, if any). What lies right of the dashed line is kept.",
        ),
        ("Mixtures", "mixtures.png", "The table above, drawn."),
    ]
    if len(found.rejected):
        means = "What another threshold would do: how many of yours are kept for how many rejects let in."
        plots.insert(1, ("Other thresholds", "curves.png", means))
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template(_PAGE).render(
        name=found.out.name,
        knows=findings.what_it_knows(found),
        does=findings.what_it_does(found),
        todo=findings.what_to_do(found),
        strips=strips,
        tables=tables,
        compared=compared,
        plots=plots,
    )
