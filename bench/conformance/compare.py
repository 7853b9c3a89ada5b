#!/usr/bin/env python3
"""Runs the conformance suite through `ketwork run` and compares every number with its reference.

    python bench/conformance/compare.py [--quick] [--devices cpu opencl] [--precisions double single] [--json REPORT]

`reference.py` writes the suite first. Probabilities are compared with max |Δp|, to 1e-10 in double and 1e-5 in single.
Counts of circuits that measure are compared with the exact distribution of their classical bits: an outcome that cannot
happen fails, and so does Pearson's χ² with a p-value under 1e-9 (bins of fewer than 5 expected shots are merged), which a
right simulator exceeds once in a billion files; the seed is fixed, so a run that passes passes again. Ends with 1 if any
file fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reference import DEFAULT_CACHE, QUICK_COST_LIMIT, QUICK_QUBITS

ROOT = Path(__file__).resolve().parents[2]
TOLERANCES = {"double": 1e-10, "single": 1e-5}
SHOTS = 20_000
SEED = 1
SMALLEST_P_VALUE = 1e-9
COUNTED_QUBITS = 12
AMPLITUDES_PER_RUN = 1 << 22
FILES_PER_RUN = 100
SECONDS_PER_RUN = 1800


@dataclass
class Job:
    """One file of one case."""

    name: str
    language: str
    case: dict
    path: Path


@dataclass
class Cell:
    """What came of a family's files in one language on one device in one precision."""

    files: int = 0
    largest_error: float = 0
    smallest_p_value: float = 1
    failures: list[str] = field(default_factory=list)

    def fail(self, text: str) -> None:
        """Notes a failure, and shows it at once: a whole run is long."""
        self.failures.append(text)
        print(f"failed: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Runs everything that was asked for; 1 if anything failed."""
    arguments = parse_arguments()
    manifest = json.loads((arguments.cache / "suite.json").read_text())
    jobs = select(manifest, arguments)
    if not jobs:
        sys.exit(f"no files in {arguments.cache}; run reference.py first")
    started = time.monotonic()
    cells: dict[tuple, Cell] = defaultdict(Cell)
    for device in arguments.devices:
        for precision in arguments.precisions:
            begun = time.monotonic()
            for batch in batches(jobs):
                compare_probabilities(arguments, batch, device, precision, cells)
            if precision == arguments.precisions[0]:
                for batch in batches([job for job in jobs if has_outcomes(job.case)]):
                    compare_counts(arguments, batch, device, precision, cells)
            print(f"{device} {precision}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print_table(cells, arguments)
    failed = sum(len(cell.failures) for cell in cells.values())
    print(f"\n{len(jobs)} files on {len(arguments.devices)} devices in {seconds:.0f} s: {failed} failures")
    if arguments.json:
        write_report(arguments.json, manifest, cells, seconds)
    return 1 if failed else 0


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where reference.py wrote the suite (%(default)s)")
    parser.add_argument("--ketwork", type=Path, default=ROOT / ".build/release/ketwork", help="the binary (%(default)s)")
    parser.add_argument("--devices", nargs="+", default=["cpu", "opencl"])
    parser.add_argument("--precisions", nargs="+", choices=TOLERANCES, default=["double", "single"])
    parser.add_argument("--quick", action="store_true", help=f"only cheap circuits of up to {QUICK_QUBITS} qubits")
    parser.add_argument("--only", default="", metavar="TEXT", help="only circuits with TEXT in their name")
    parser.add_argument("--json", type=Path, metavar="REPORT", help="write a report for programs")
    return parser.parse_args()


def select(manifest: dict, arguments: argparse.Namespace) -> list[Job]:
    """The files to run, small circuits first."""
    jobs = []
    for name, case in manifest["cases"].items():
        if "reference" not in case or arguments.only not in name:
            continue
        if arguments.quick and (case["qubits"] > QUICK_QUBITS or case["gates"] * 2 ** case["qubits"] > QUICK_COST_LIMIT):
            continue
        jobs += [Job(name, language, case, arguments.cache / path) for language, path in case["files"].items()]
    return sorted(jobs, key=lambda job: job.case["qubits"])


def batches(jobs: list[Job]) -> list[list[Job]]:
    """Groups of files for one process each, bounded in files and in results."""
    groups: list[list[Job]] = []
    amplitudes = 0
    for job in jobs:
        size = 1 << job.case["qubits"]
        if not groups or len(groups[-1]) >= FILES_PER_RUN or amplitudes + size > AMPLITUDES_PER_RUN:
            groups.append([])
            amplitudes = 0
        groups[-1].append(job)
        amplitudes += size
    return groups


def has_outcomes(case: dict) -> bool:
    """Whether the circuit's counts have a reference."""
    return "outcomes" in case or (bool(case.get("measured")) and case["qubits"] <= COUNTED_QUBITS)


def run(arguments: argparse.Namespace, batch: list[Job], options: list[str]) -> tuple[dict, str]:
    """Runs `ketwork run` over the files; gives the arrays it wrote, and what it said if it failed."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.npz"
        command = [str(arguments.ketwork), "run", *options, "--output", str(output), *(str(job.path) for job in batch)]
        try:
            process = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_PER_RUN)
        except subprocess.TimeoutExpired:
            return {}, f"no end after {SECONDS_PER_RUN} s"
        arrays = {}
        if output.exists():
            with np.load(output) as archive:
                arrays = {name: archive[name] for name in archive.files}
        if process.returncode == 0:
            return arrays, ""
        return arrays, f"exit {process.returncode}: {' '.join(process.stderr.split())[:300]}"


def results(arguments: argparse.Namespace, batch: list[Job], options: list[str], wanted: str):
    """Each file with its arrays; the files of a process that failed are run again alone, to tell which of them it was."""
    arrays, problem = run(arguments, batch, options)
    for index, job in enumerate(batch):
        suffix = "" if len(batch) == 1 else f"_{index}"
        found = {name.removesuffix(suffix): array for name, array in arrays.items() if name.endswith(suffix)}
        if problem and wanted not in found and len(batch) > 1:
            found, alone = run(arguments, [job], options)
            yield job, found, alone
        else:
            yield job, found, problem if wanted not in found else ""


def compare_probabilities(arguments: argparse.Namespace, batch: list[Job], device: str, precision: str, cells: dict) -> None:
    """Compares the probabilities of all basis states."""
    options = ["--probabilities", "--device", device, "--precision", precision]
    for job, arrays, problem in results(arguments, batch, options, "probabilities"):
        cell = cells[job.case["family"], job.language, device, precision]
        cell.files += 1
        if "probabilities" not in arrays:
            cell.fail(f"{job.name}: {problem or 'no probabilities'}")
            continue
        reference = np.load(arguments.cache / job.case["reference"])
        found = arrays["probabilities"].ravel()
        longest = max(len(found), len(reference))  # qubits that a file does not name are in state 0
        error = float(np.max(np.abs(padded(found, longest) - padded(reference, longest))))
        cell.largest_error = max(cell.largest_error, error)
        if not error <= TOLERANCES[precision]:
            cell.fail(f"{job.name}: max |Δp| = {error:.3g}")


def padded(values: np.ndarray, length: int) -> np.ndarray:
    """The values with zeros after them."""
    return np.concatenate([values, np.zeros(length - len(values))])


def compare_counts(arguments: argparse.Namespace, batch: list[Job], device: str, precision: str, cells: dict) -> None:
    """Compares counts with the distribution of the classical bits."""
    options = ["--shots", str(SHOTS), "--seed", str(SEED), "--device", device, "--precision", precision]
    for job, arrays, problem in results(arguments, batch, options, "counts"):
        cell = cells[job.case["family"], job.language, device, precision]
        if "counts" not in arrays:
            cell.fail(f"{job.name}, counts: {problem or 'none'}")
            continue
        counts = {
            "".join("1" if bit else "0" for bit in row): int(count)
            for row, count in zip(arrays["outcomes"], arrays["counts"].ravel())
        }
        p_value, complaint = judge(counts, outcomes(arguments.cache, job.case))
        cell.smallest_p_value = min(cell.smallest_p_value, p_value)
        if complaint:
            cell.fail(f"{job.name}, counts: {complaint}")


def outcomes(cache: Path, case: dict) -> dict[str, float]:
    """The exact distribution of the classical bits, the last one printed first."""
    if "outcomes" in case:
        return case["outcomes"]
    probabilities = np.load(cache / case["reference"])
    keys = np.zeros(len(probabilities), dtype=object)
    source = dict((bit, qubit) for qubit, bit in case["measured"])
    indices = np.arange(len(probabilities))
    for bit, qubit in source.items():
        keys += [int(value) << bit for value in (indices >> qubit) & 1]
    distribution: dict[str, float] = defaultdict(float)
    for key, probability in zip(keys, probabilities):
        distribution[format(key, f"0{case['clbits']}b")] += float(probability)
    return distribution


def judge(counts: dict[str, int], expected: dict[str, float]) -> tuple[float, str]:
    """Pearson's χ² over merged bins: its p-value, and what is wrong if anything is."""
    from scipy.stats import chi2

    shots = sum(counts.values())
    if shots != SHOTS:
        return 0, f"{shots} shots instead of {SHOTS}"
    impossible = [key for key in counts if expected.get(key, 0) < 1e-12]
    if impossible:
        return 0, f"{counts[impossible[0]]} times {impossible[0]}, which cannot happen"
    statistic, bins, rest_expected, rest_counted = 0.0, 0, 0.0, 0
    for key, probability in expected.items():
        if probability * shots < 5:
            rest_expected += probability * shots
            rest_counted += counts.get(key, 0)
            continue
        statistic += (counts.get(key, 0) - probability * shots) ** 2 / (probability * shots)
        bins += 1
    if rest_expected >= 5:
        statistic += (rest_counted - rest_expected) ** 2 / rest_expected
        bins += 1
    p_value = float(chi2.sf(statistic, bins - 1)) if bins > 1 else 1.0
    return p_value, f"χ² = {statistic:.1f} in {bins} bins, p = {p_value:.2g}" if p_value < SMALLEST_P_VALUE else ""


def print_table(cells: dict, arguments: argparse.Namespace) -> None:
    """A line a family and language; a column a device and precision; then every failure."""
    columns = [(device, precision) for device in arguments.devices for precision in arguments.precisions]
    rows = sorted({key[:2] for key in cells})
    header = f"{'family':<32} {'language':<8} {'files':>5}" + "".join(f"  {f'{d} {p}':>14}" for d, p in columns)
    print(header + f"  {'least p-value':>13}")
    for family, language in rows:
        found = [cells[family, language, *column] for column in columns]
        line = f"{family:<32} {language:<8} {found[0].files:>5}"
        for cell in found:
            line += f"  {f'{cell.largest_error:.1e}' + (f' {len(cell.failures)}✗' if cell.failures else ''):>14}"
        print(line + f"  {min(cell.smallest_p_value for cell in found):>13.2g}")
    for (family, language, device, precision), cell in sorted(cells.items()):
        for failure in cell.failures:
            print(f"FAILED {device} {precision} {language} {failure}")


def write_report(path: Path, manifest: dict, cells: dict, seconds: float) -> None:
    """The same for programs."""
    report = {
        "version": 1,
        "packages": manifest["packages"],
        "tolerances": TOLERANCES,
        "seconds": seconds,
        "cells": [
            {
                "family": family, "language": language, "device": device, "precision": precision, "files": cell.files,
                "largest_error": cell.largest_error, "smallest_p_value": cell.smallest_p_value, "failures": cell.failures,
            }
            for (family, language, device, precision), cell in sorted(cells.items())
        ],
        "left_out": {name: case["reason"] for name, case in manifest["cases"].items() if "reason" in case},
        "not_exported": {
            f"{name}, {language}": reason
            for name, case in manifest["cases"].items()
            for language, reason in case.get("refused", {}).items()
        },
    }  # fmt: skip
    path.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    sys.exit(main())
