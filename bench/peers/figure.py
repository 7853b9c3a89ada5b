#!/usr/bin/env python3
"""Draws the ratios of a comparison.

    python bench/peers/figure.py peers.csv peers.svg [--goals all=1 qft=2]

A bar is a circuit or a batch: how many times as long as ketwork the best peer takes, whose name it bears. Bars up from the line at 1 are
ketwork's, bars down the peer's; the scale is logarithmic, so that twice and half are as far from the line. Batches have the goals of
`cases.py`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, NullLocator

import results
from goals import batch_goal
from results import BatchMeasurement, Cell, Measurement

SHADES = ["#b7d0e8", "#7fa8d1", "#4a7fb5", "#235a8f", "#0d3760", "#06203a"]  # from few qubits to many
GOAL_COLOUR = "#c8553d"
BLOCK_WIDTH = 0.82  # of the bars of a family; the rest is the gap to the next

Goal = Callable[[Measurement], float | None]  # the ratio to mark beside a measurement of ketwork's


def write(path: Path, measurements: list[Measurement], goal: Goal, figure: str = "seconds_median") -> None:
    """Writes an SVG file, or whatever the name ends with: a panel a precision, a block of bars a family, a bar a size."""
    groups = [[cell for cell in group if cell.best] for group in results.grouped(results.cells(measurements, figure)).values()]
    groups = [group for group in groups if group]
    if not groups:
        raise SystemExit(f"{path}: not written, because no peer was measured")
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "ketwork"})
    bars = max(len(group) for group in groups)
    size = (max(7, 2.2 + 0.19 * bars + 0.2 * len(families(groups[0]))), 0.4 + 3.1 * len(groups))
    canvas, panels = plt.subplots(len(groups), 1, figsize=size, squeeze=False, layout="constrained")
    for panel, group in zip(panels[:, 0], groups):
        draw(panel, group, goal)
    canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=160)
    plt.close(canvas)


def draw(panel, group: list[Cell], goal: Goal) -> None:
    """One precision."""
    names, sizes = families(group), sorted({cell.ours.qubits for cell in group})
    marks = [mark for cell in group if (mark := goal(cell.ours))]
    limits(panel, [cell.ratio() for cell in group] + marks)
    blocks = [sorted({cell.ours.qubits for cell in group if cell.ours.label == name}) for name in names]
    width = BLOCK_WIDTH / max(map(len, blocks))
    for cell in group:
        block = names.index(cell.ours.label)
        middle = block + (blocks[block].index(cell.ours.qubits) - (len(blocks[block]) - 1) / 2) * width
        draw_bar(panel, cell, middle, width, shade(sizes.index(cell.ours.qubits), len(sizes)))
        if mark := goal(cell.ours):
            panel.hlines(mark, middle - width / 2, middle + width / 2, GOAL_COLOUR, lw=1.6, zorder=4)
    panel.axhline(1, color="black", lw=1, zorder=3)
    panel.set_xticks(range(len(names)), names, fontsize=10)
    panel.set_xlim(-0.55, len(names) - 0.45)
    panel.tick_params(axis="x", length=0, pad=4)
    for side in ("top", "right", "bottom"):
        panel.spines[side].set_visible(False)
    label(panel, group, sizes, bool(marks))


def label(panel, group: list[Cell], sizes: list[int], has_goals: bool) -> None:
    """Title, axis and legend."""
    ours = group[0].ours
    mean = results.geometric_mean(cell.ratio() for cell in group)
    threads = f"{ours.threads} thread{'s' if ours.threads > 1 else ''}"
    title = f"{ours.work.capitalize()}, {ours.precision} precision, {threads}; geometric mean {mean:.2f}"
    panel.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
    panel.set_ylabel("time of the best peer\n/ time of ketwork")
    shown = [plt.Rectangle((0, 0), 1, 1, color=shade(place, len(sizes)), label=f"{n} qubits") for place, n in enumerate(sizes)]
    if has_goals:
        shown.append(plt.Line2D([], [], color=GOAL_COLOUR, lw=1.6, label="goal"))
    panel.legend(handles=shown, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=1.1)


def draw_bar(panel, cell: Cell, place: float, width: float, colour: str) -> None:
    """From the line at 1 to the ratio, with the ratio and the peer's name at its end."""
    ratio, is_ours = cell.ratio(), cell.ratio() >= 1
    panel.bar(place, ratio - 1, width * 0.94, bottom=1, color=colour, zorder=2)
    text = f"{ratio:.2g}" if ratio < 9.95 else f"{ratio:.0f}"
    panel.annotate(
        f"{text} {cell.winner.simulator}", (place, ratio), (0, 3 if is_ours else -3), textcoords="offset points", rotation=90,
        ha="center", va="bottom" if is_ours else "top", fontsize=7.5, color="#202020", zorder=5,
    )  # fmt: skip


def limits(panel, values: list[float]) -> None:
    """A logarithmic axis around 1 with room for the names, marked at 1, 2, 5 and so on and their inverses."""
    panel.set_yscale("log")
    upper, lower = max(1.0, *values), min(1.0, *values)
    room = 0.5 * math.log(upper / lower) + 0.4
    top, bottom = upper * math.exp(room), lower * math.exp(-room if lower < 1 else -0.1)
    ticks = [step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5)]
    ticks = [tick for tick in ticks if bottom <= tick <= max(upper * 1.5, 2)]
    panel.set_ylim(bottom, top)
    panel.yaxis.set_major_locator(FixedLocator(ticks))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.set_yticklabels([f"{tick:g}" if tick >= 1 else f"1/{1 / tick:g}" for tick in ticks])
    panel.grid(axis="y", color="#e4e4e4", lw=0.7, zorder=0)


def families(group: list[Cell]) -> list[str]:
    """In the order in which they came."""
    return list(dict.fromkeys(cell.ours.label for cell in group))


def shade(place: int, count: int) -> str:
    """The colour of one of so many sizes."""
    return SHADES[2] if count == 1 else SHADES[round(place * (len(SHADES) - 1) / (count - 1))]


def family_goals(pairs: list[str]) -> Goal:
    """`family=ratio`, or `all=ratio` for the families without one of their own; batches have goals anyway."""
    named = {family: float(ratio) for family, ratio in (pair.split("=") for pair in pairs)}

    def goal(row: Measurement) -> float | None:
        known = batch_goal(row) if isinstance(row, BatchMeasurement) else None
        return known or named.get(row.family, named.get("all"))

    return goal


def main() -> None:
    """Draws a CSV file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("figure", type=Path)
    parser.add_argument("--goals", nargs="*", default=[], metavar="FAMILY=RATIO")
    options = parser.parse_args()
    write(options.figure, results.read(options.csv), family_goals(options.goals))


if __name__ == "__main__":
    main()
