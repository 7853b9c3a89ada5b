#!/usr/bin/env python3
"""Holds the ratios of a comparison against their goals.

    python bench/peers/goals.py peers.csv [more.csv …]

A goal is the time of the best peer over that of ketwork, in the same precision on the same circuit:

    families  on 20 qubits and more, the geometric mean over a family's sizes. A family without a goal of its own has that of every family.
    all       the geometric mean of all circuits on 20 qubits and more.
    small     on 12 to 18 qubits, each circuit: never slower.
    readings  shots on 24 qubits, and expectation values of Pauli strings on 22.
    batches   each that has one (`cases.py`), those with noise too.

What was not measured is not judged, and figures that other processes disturbed are counted behind the verdict. Ends with 1 if a goal is
missed. `compare.py`, `batches.py` and `noise.py` print the same below their tables.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import results
from cases import CASES, NOISE_CASES
from circuits import RATIO_GOALS
from results import BatchMeasurement, Cell, Measurement

FAMILY_QUBITS = 20  # from here on a family's goal holds
SMALL_QUBITS = range(12, 19)
MEAN_GOALS = {"single": 2.5, "double": 5.0}
LEAST_GOALS = {"single": 1.2, "double": 2.0}  # of any family
SMALL_GOAL = 1.0
READING_GOALS = {"sampling": (24, 3.0), "paulis": (22, 3.0)}  # on so many qubits


@dataclass
class Verdict:
    """One goal, and what was measured."""

    name: str
    ratio: float
    goal: float
    disturbed: int = 0  # figures

    @property
    def is_met(self) -> bool:
        """To the digits that are printed, so that no line contradicts itself."""
        return round(self.ratio, 2) >= self.goal

    def __str__(self) -> str:
        mark = f"  ~ {self.disturbed} disturbed" if self.disturbed else ""
        return f"{self.name:52}{self.ratio:8.2f}  goal {self.goal:<5g}{'met' if self.is_met else 'MISSED'}{mark}"


def verdicts(measurements: Iterable[Measurement], figure: str = "seconds_median") -> list[Verdict]:
    """Every goal for which there are figures."""
    found = [cell for cell in results.cells(measurements, figure) if cell.best]
    judged: list[Verdict] = []
    for (work, precision), group in results.grouped(found).items():
        is_batch = isinstance(group[0].ours, BatchMeasurement)
        judge = batch if is_batch else evolution if work == "evolution" else reading
        judged += judge(group, precision)
    return judged


def batch_goal(row: BatchMeasurement) -> float | None:
    """The goal of a batch, if it is one of the cases that have one."""
    place = (row.work, row.family, row.layers, row.qubits, row.rows, row.shots)
    for case in CASES + NOISE_CASES:
        if place == (case.work, case.ansatz, case.layers, case.qubits, case.rows, case.shots):
            return case.goals.get(row.precision)
    return None


def evolution(group: list[Cell], precision: str) -> Iterator[Verdict]:
    """The families, all of them together, and small states."""
    large = [cell for cell in group if cell.ours.qubits >= FAMILY_QUBITS]
    for family in dict.fromkeys(cell.ours.family for cell in large):
        goal = max(RATIO_GOALS[precision].get(family, 0), LEAST_GOALS[precision])
        yield mean(f"{precision} {family}", [cell for cell in large if cell.ours.family == family], goal)
    if large:
        yield mean(f"{precision}, all families", large, MEAN_GOALS[precision])
    small = [cell for cell in group if cell.ours.qubits in SMALL_QUBITS]
    if small:
        worst = min(small, key=Cell.ratio)
        name = f"{precision}, 12 to 18 qubits, worst: {worst.ours.family} {worst.ours.qubits}"
        yield Verdict(name, worst.ratio(), SMALL_GOAL, disturbed(small))


def reading(group: list[Cell], precision: str) -> Iterator[Verdict]:
    """Shots, or expectation values."""
    for cell in group:
        qubits, goal = READING_GOALS[cell.ours.work]
        if cell.ours.qubits == qubits:
            yield mean(f"{precision} {cell.ours.work} of {cell.ours.family}", [cell], goal)


def batch(group: list[Cell], precision: str) -> Iterator[Verdict]:
    """Each batch on its own."""
    for cell in group:
        if goal := batch_goal(cell.ours):
            yield mean(f"{precision} {cell.ours.work} of {cell.ours.label}", [cell], goal)


def mean(name: str, group: list[Cell], goal: float) -> Verdict:
    """Judges a geometric mean."""
    sizes = sorted({cell.ours.qubits for cell in group})
    return Verdict(f"{name} on {', '.join(map(str, sizes))} qubits", results.geometric_mean(cell.ratio() for cell in group), goal, disturbed(group))


def disturbed(group: list[Cell]) -> int:
    """How many of the compared figures were."""
    return sum(cell.ours.is_disturbed + cell.winner.is_disturbed for cell in group)


def table(judged: list[Verdict]) -> str:
    """A line a goal; empty if none could be judged."""
    if not judged:
        return ""
    met = sum(verdict.is_met for verdict in judged)
    return "\n".join(["goals: the best peer's time / ketwork's", "", *map(str, judged), f"{met} of {len(judged)} goals met", ""])


def main() -> int:
    """Judges CSV files, together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path, nargs="+")
    parser.add_argument("--fastest", action="store_true", help="compare the fastest run of each in place of the median")
    options = parser.parse_args()
    measurements = []
    for path in options.csv:
        try:
            measurements += results.read(path)
        except OSError as error:
            parser.error(f"{path}: {error.strerror}")
        except (KeyError, TypeError, ValueError) as error:
            parser.error(f"{path}: {error!r}; a file that compare.py, batches.py or noise.py --csv has written is needed")
    judged = verdicts(measurements, "seconds_minimum" if options.fastest else "seconds_median")
    print(table(judged) or "no figure of these files has a goal")
    return 0 if all(verdict.is_met for verdict in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
