#!/usr/bin/env python3
"""Times ketwork and its peers on batches: one circuit template, many rows of parameters.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/batches.py --check
    /tmp/peers/bin/python bench/peers/batches.py --csv batches.csv --svg batches.svg
    /tmp/peers/bin/python bench/peers/batches.py --work gradient --peers lightning

    values     ⟨Z⟩ of every qubit
    gradient   the derivatives of the sum of all ⟨Z⟩ by every parameter, by the adjoint method
    samples    shots of each row

The batches stand in `cases.py`, with their goals; the templates in `templates.py`. Timed is the whole call, from the rows of parameters as
an array to the results as one, with all cores: a peer that takes one circuit after the other runs in as many processes as there are
cores, which are there before. `batch_adapters.py` says of each peer how it is called, and at which settings; the best one counts.

Before a figure counts, the results of the first rows are held against exact ones. Every simulator runs in processes of its own, one
simulator at a time; ketwork runs anew before each peer. One run is not counted, then the median of --repetitions counts, of more if they
are short; of ketwork it is the median of the medians. --seconds bounds what a peer spends on one batch: one that would need more for all
rows is timed on the first rows, and its time scaled, which the table marks. Without a binary that has these benchmarks, the peers are
measured alone.

A ratio above 1 means that ketwork is faster. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

import batch_check
import batch_results
import comparisons
import goals
import ketwork_batches
import templates
from batch_adapters import PEERS
from cases import CASES, WORKS, Case
from process import BATCH_WORKER, KETWORK, Failed, Ketwork, PeerProcess
from results import OURS, BatchMeasurement
from timing import DISTURBED_CORES, ForeignLoad, wait_for_quiet

TOO_SLOW = 3  # times the best of a peer's settings; beyond, a setting is not tried again
SETTING_SHARE = 0.25  # of a peer's seconds, for one setting
CHECK_SECONDS = 180  # to build a template, compile it, and run a few rows
CHECK_QUBITS, CHECK_ROWS, CHECK_SHOTS = (4, 5), 5, 4_000


class BatchComparison:
    """One precision: ketwork and the peers, batch by batch."""

    def __init__(self, options: argparse.Namespace, precision: str, folder: Path) -> None:
        self.options, self.precision, self.folder = options, precision, folder
        self.ketwork = Ketwork(options.ketwork, precision, options.threads)
        chosen = [peer for peer in options.peers if precision in PEERS[peer].precisions]
        self.peers = {peer: PeerProcess(peer, precision, options.threads, BATCH_WORKER) for peer in chosen}
        self.measurements: list[BatchMeasurement] = []
        self.known: dict[tuple, dict[int, float]] = {}  # peer, setting, work, ansatz: the seconds of a row, by qubits

    def run(self, case: Case) -> list[BatchMeasurement]:
        """Times one batch everywhere."""
        start = len(self.measurements)
        ours = self.row(case, OURS, "default")
        self.measurements.append(ours)
        ours.note = self.ketwork_complaint(case)
        runs = []
        for peer, process in self.peers.items():
            if case.work in PEERS[peer].settings:
                self.say(case, peer)
                runs += self.time_ketwork(case, ours)
                self.time_peer(case, peer, process)
        self.learn(ours, runs)
        return self.measurements[start:]

    def check(self, case: Case) -> list[str]:
        """What is wrong with anyone's results, at any setting."""
        found = [f"{self.precision} {self.name(case)}, ketwork: {text}" for text in [self.ketwork_complaint(case)] if text]
        for peer, process in self.peers.items():
            for setting in PEERS[peer].settings.get(case.work, ()):
                self.say(case, f"{peer}, {setting}")
                if text := self.peer_complaint(case, self.row(case, peer, setting), process):
                    found.append(f"{self.precision} {self.name(case)}, {peer}, {setting}: {text}")
        return found

    def close(self) -> None:
        """Ends all peers."""
        for process in self.peers.values():
            process.close()

    def ketwork_complaint(self, case: Case) -> str:
        """What is wrong with ketwork's results of the first rows."""
        template = templates.build(case.ansatz, case.layers, case.qubits)
        count = min(case.rows, batch_check.CHECKED_ROWS)
        try:
            found = ketwork_batches.results(self.ketwork, template, case.work, case.shots, count, self.folder)
        except Failed as failure:
            return described(failure)
        wrong = batch_check.complaint(template, case.work, case.shots, self.precision, found)
        return f"failed: {wrong}" if wrong else ""

    def time_ketwork(self, case: Case, ours: BatchMeasurement) -> list[list[float]]:
        """The seconds of one more run of the benchmark, if there was nothing wrong before."""
        if ours.note.startswith("failed"):
            return []
        wait_for_quiet(self.options.patience)
        try:
            with ForeignLoad() as load:
                ours.note, seconds = ketwork_batches.figures(self.ketwork, case, self.options.repetitions)
        except Failed as failure:
            ours.note = described(failure)
            return []
        ours.foreign_cores = load.cores if math.isnan(ours.foreign_cores) else max(ours.foreign_cores, load.cores)
        return [seconds]

    def learn(self, ours: BatchMeasurement, runs: list[list[float]]) -> None:
        """Takes the median of medians, and the extremes of all."""
        if runs:
            ours.fill([second for seconds in runs for second in seconds])
            ours.seconds_median = statistics.median(map(statistics.median, runs))
            ours.timed_rows = ours.rows

    def time_peer(self, case: Case, peer: str, process: PeerProcess) -> None:
        """Tries a peer's settings, the best first, as long as there is time."""
        rows = [self.row(case, peer, setting) for setting in PEERS[peer].settings[case.work]]
        rows.sort(key=lambda row: math.inf if self.expected(row) is None else self.expected(row))
        self.measurements += rows
        end = time.monotonic() + self.options.seconds
        for row in rows:
            row.note = self.refusal(row, rows[0], end, PEERS[peer].most_qubits.get(case.work, math.inf))
            if not row.note:
                row.note = self.peer_complaint(case, row, process) or self.time_setting(row, process)

    def refusal(self, row: BatchMeasurement, best: BatchMeasurement, end: float, most_qubits: float) -> str:
        """Why a setting is left out; empty if it is not."""
        if row.qubits > most_qubits:
            return f"not run: left out on more than {most_qubits} qubits"
        expected = self.expected(row)
        if expected is not None and expected > TOO_SLOW * self.expected(best):
            return f"not run: {expected / self.expected(best):.1f} times as long as the best before"
        return "" if row is best or time.monotonic() < end else "not run: the time for this peer is spent"

    def peer_complaint(self, case: Case, row: BatchMeasurement, process: PeerProcess) -> str:
        """Loads a batch; gives what is wrong with the results of the first rows."""
        template = templates.build(case.ansatz, case.layers, case.qubits)
        output = self.folder / "peer.npy"
        request = dataclasses.asdict(case) | {
            "do": "check", "setting": row.setting, "output": str(output), "checked_rows": min(case.rows, batch_check.CHECKED_ROWS),
        }  # fmt: skip
        try:
            process.ask(request, CHECK_SECONDS)
        except Failed as failure:
            return described(failure)
        wrong = batch_check.complaint(template, case.work, case.shots, self.precision, np.load(output))
        return f"failed: {wrong}" if wrong else ""

    def time_setting(self, row: BatchMeasurement, process: PeerProcess) -> str:
        """Times what was loaded; gives why that failed."""
        wait_for_quiet(self.options.patience)
        limit = SETTING_SHARE * self.options.seconds
        try:
            answer = process.ask({"do": "time", "repetitions": self.options.repetitions, "seconds": limit}, CHECK_SECONDS)
        except Failed as failure:
            return described(failure)
        row.timed_rows, row.foreign_cores = answer["timed_rows"], answer["foreign_cores"]
        row.fill([seconds * row.rows / row.timed_rows for seconds in answer["seconds"]], answer["is_cold"])
        self.known.setdefault(self.place(row), {})[row.qubits] = row.seconds_median / row.rows
        return ""

    def expected(self, row: BatchMeasurement) -> float | None:
        """The seconds of a row on as many qubits, or on the next fewer ones that were measured; None if there are none."""
        known = self.known.get(self.place(row), {})
        sizes = [qubits for qubits in known if qubits <= row.qubits]
        return known[max(sizes)] if sizes else None

    def place(self, row: BatchMeasurement) -> tuple:
        return row.simulator, row.setting, row.work, row.family

    def row(self, case: Case, simulator: str, setting: str) -> BatchMeasurement:
        return BatchMeasurement(
            case.work, case.ansatz, case.qubits, self.precision, self.options.threads, simulator, setting,
            layers=case.layers, rows=case.rows, shots=case.shots,
        )  # fmt: skip

    def say(self, case: Case, simulator: str) -> None:
        if sys.stderr.isatty():
            print(f"{f'{self.precision} {self.name(case)} {simulator}':90}", end="\r", file=sys.stderr, flush=True)

    @staticmethod
    def name(case: Case) -> str:
        return f"{case.work} of {case.ansatz} on {case.qubits} qubits"


def described(failure: Failed) -> str:
    """The note of what failed, on one line."""
    return f"failed: {' '.join(str(failure).split())}"


def main() -> int:
    """Measures or checks what was asked for."""
    options = parse_options()
    chosen = check_cases() if options.check else CASES
    chosen = [case for case in chosen if case.work in options.work and case.ansatz in options.ansatz]
    if options.qubits:
        chosen = [case for case in chosen if case.qubits in options.qubits]
    if options.rows:
        chosen = list(dict.fromkeys(dataclasses.replace(case, rows=options.rows) for case in chosen))
    if not chosen:
        sys.exit("no batch is left; cases.py lists them")
    if options.check:
        return comparisons.check(chosen, options, BatchComparison, "batches")
    report(comparisons.measure(chosen, options, BatchComparison), options)
    return 0


def check_cases() -> list[Case]:
    """Each work on each ansatz that has it, on few qubits."""
    kinds = dict.fromkeys((case.work, case.ansatz, case.layers, CHECK_SHOTS if case.shots else 0) for case in CASES)
    return [Case(work, ansatz, layers, n, CHECK_ROWS, shots) for work, ansatz, layers, shots in kinds for n in CHECK_QUBITS]


def report(measurements: list[BatchMeasurement], options: argparse.Namespace) -> None:
    """Prints the table and what was left out, and writes the figure."""
    statistic, compared = ("fastest", "seconds_minimum") if options.fastest else ("median", "seconds_median")
    ours = [row for row in measurements if row.simulator == OURS]
    names = sorted({row.note for row in ours if row.samples}) or ["no ketwork"]
    print(f"{'; '.join(names)}; {statistic} of {options.repetitions}, more of short runs\n")
    print(batch_results.table(measurements, options.peers, compared))
    if judged := goals.table(goals.verdicts(measurements, compared)):
        print(judged)
    if missing := [row for row in ours if not row.samples]:
        print(f"ketwork's figure is missing of {len(missing)} of {len(ours)} batches; of the first of them, it {missing[0].note}")
    for row in measurements:
        if row.simulator != OURS and row.note.startswith("failed"):
            print(f"{row.precision} {row.work} {row.label} on {row.qubits} qubits, {row.simulator}, {row.setting}: {row.note}")
    measured = [row for row in measurements if row.samples]
    if any(row.is_scaled for row in measured):
        print("* fewer rows were timed, because all would have taken too long; scaled")
    if any(row.is_cold for row in measured):
        print("° a single run, the first, which took all of the time for a setting")
    if disturbed := sum(row.is_disturbed for row in measured):
        print(f"~ disturbed, {disturbed} of {len(measured)} figures: other processes took more than {DISTURBED_CORES} cores")
    if options.svg and any(row.samples for row in ours):
        import figure

        figure.write(options.svg, measurements, figure.family_goals([]), compared)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ketwork", type=Path, default=KETWORK, help="the binary (%(default)s)")
    add("--work", nargs="+", choices=WORKS, default=WORKS)
    add("--ansatz", nargs="+", choices=templates.ANSATZES, default=list(templates.ANSATZES))
    add("--qubits", nargs="+", type=int, metavar="N", help="only the batches on so many qubits")
    add("--rows", type=int, help="as many in every batch; goals hold for the rows of cases.py")
    add("--precision", nargs="+", choices=["single", "double"], default=["single", "double"])
    add("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    add("--threads", type=int, default=len(os.sched_getaffinity(0)))
    add("--repetitions", type=int, default=5, help="runs that count: more if they are short (%(default)s)")
    add("--seconds", type=float, default=10, help="for one peer on one batch (%(default)s)")
    add("--csv", type=Path, help="write every figure, and what was left out")
    add("--svg", type=Path, help="draw the ratios")
    add("--patience", type=float, default=0, metavar="SECONDS", help="wait so long for other processes before each figure")
    add("--fastest", action="store_true", help="compare the fastest run of each in place of the median")
    add("--check", action="store_true", help="measure nothing: hold everyone's results at every setting against exact ones")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
