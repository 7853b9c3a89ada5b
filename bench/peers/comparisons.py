"""Comparisons of batches and of circuits with noise, one precision after the other."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import results
from cases import Case
from results import BatchMeasurement


class Comparison(Protocol):
    """One precision: ketwork and its peers, case by case."""

    def run(self, case: Case) -> list[BatchMeasurement]: ...
    def check(self, case: Case) -> list[str]: ...
    def close(self) -> None: ...


Maker = Callable[[argparse.Namespace, str, Path], Comparison]


def each(options: argparse.Namespace, make: Maker) -> Iterator[Comparison]:
    """A comparison for each precision that is asked for; its processes end before the next one starts."""
    with tempfile.TemporaryDirectory() as folder:
        for precision in options.precision:
            comparison = make(options, precision, Path(folder))
            try:
                yield comparison
            finally:
                comparison.close()


def check(chosen: list[Case], options: argparse.Namespace, make: Maker, what: str) -> int:
    """Prints what differs from the exact results; 1 if anything does."""
    complaints = [text for comparison in each(options, make) for case in chosen for text in comparison.check(case)]
    for text in complaints:
        print(f"DIFFERS {text}", file=sys.stderr)
    print(f"{len(chosen)} {what} held against exact results: {len(complaints)} complaints")
    return 1 if complaints else 0


def measure(chosen: list[Case], options: argparse.Namespace, make: Maker) -> list[BatchMeasurement]:
    """Measures, and writes what was found after each case: a long run that breaks off has not been for nothing."""
    measurements: list[BatchMeasurement] = []
    for comparison in each(options, make):
        for case in chosen:
            measurements += comparison.run(case)
            if options.csv:
                results.write(options.csv, measurements)
    return measurements
