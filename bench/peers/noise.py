#!/usr/bin/env python3
"""Times ketwork and its peers on circuits with noise: depolarizing after each gate.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/noise.py --check
    /tmp/peers/bin/python bench/peers/noise.py --csv noise.csv
    /tmp/peers/bin/python bench/peers/noise.py --work trajectories --qubits 12 --peers aer --seconds 60

    density        1,000 shots of a density matrix whose qubits are misread, against Aer's
    trajectories   1,000 shots along trajectories of a state vector, against Aer, qsim and Qulacs
    noisy-values   the expectation values of all strings of Z for 10,000 rows of a template's parameters in one call, against Aer

The circuits stand in `cases.py`, with their goals: layers of u on every qubit and a ring of cx. Of density matrices and trajectories the
peer's own call that runs is compared with the seconds of planning and running that ketwork's result names; of values it is compared with
the whole process of `ketwork run`, reading and writing files included. `noise_adapters.py` says of each peer how it is called and at
which settings; the best one counts.

Before anything is timed, everyone draws from a small circuit with much noise, whose distribution is known exactly; the values of the first
rows are exact too, and the frequencies of each qubit on the circuits that are timed have to be ketwork's. Every peer runs in a process of
its own, one at a time, and ketwork anew before each. One run is not counted, then the median of --repetitions counts. --seconds bounds
what one peer spends on one setting: one that would need more for all trajectories or rows is timed on fewer, and its time scaled, which
the table marks. That favours ketwork where a peer's shots share states, of which more shots need relatively fewer: give such a peer the
time for all (--seconds) before a figure is told to anyone.

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

import batch_results
import comparisons
import goals
import noise_reference
import templates
from batches import described
from cases import MISREADING, NOISE_CASES, NOISE_RATE, NOISE_WORKS, Case
from ketwork_noise import NoisyRun
from noise_adapters import PEERS
from process import KETWORK, Failed, Ketwork, PeerProcess
from results import OURS, BatchMeasurement
from timing import DISTURBED_CORES, ForeignLoad, wait_for_quiet

NOISE_WORKER = Path(__file__).with_name("noise_worker.py")
CHECK_SECONDS = 600  # to build a circuit, and run it once
CHECK_QUBITS, CHECK_LAYERS, CHECK_RATE, CHECK_SHOTS = 4, 2, 0.05, 20_000
CHECKED_ROWS = 3
VALUE_ERRORS = {"single": 1e-5, "double": 1e-10}
SIGMAS = 6  # of a frequency


class NoiseComparison:
    """One precision: ketwork and the peers, circuit by circuit."""

    def __init__(self, options: argparse.Namespace, precision: str, folder: Path) -> None:
        self.options, self.precision, self.folder = options, precision, folder
        self.ketwork = Ketwork(options.ketwork, precision, options.threads)
        chosen = [peer for peer in options.peers if precision in PEERS[peer].precisions]
        self.peers = {peer: PeerProcess(peer, precision, options.threads, NOISE_WORKER) for peer in chosen}
        self.sound: dict[tuple, str] = {}  # simulator, setting, work: what is wrong with its distribution or values

    def run(self, case: Case) -> list[BatchMeasurement]:
        """Times one circuit everywhere."""
        ours = self.row(case, OURS, "default")
        ours.note = self.ketwork_complaint(case)
        measurements, runs, states = [ours], [], None
        for peer, process in self.peers.items():
            for setting in PEERS[peer].settings.get(case.work, ()):
                self.say(case, f"{peer}, {setting}")
                row = self.row(case, peer, setting)
                measurements.append(row)
                row.note = self.peer_complaint(case, peer, setting, process)
                if row.note:
                    continue
                if not ours.note.startswith("failed"):
                    states, seconds = self.time_ketwork(case, ours, bool(runs))
                    runs.append(seconds)
                row.note = self.time_peer(case, row, process, states)
        if not self.peers and not ours.note:
            runs.append(self.time_ketwork(case, ours, False)[1])
        if any(runs):
            ours.fill([second for seconds in runs for second in seconds])
            ours.seconds_median = statistics.median(statistics.median(seconds) for seconds in runs if seconds)
            ours.timed_rows = ours.rows
        return measurements

    def check(self, case: Case) -> list[str]:
        """What is wrong with anyone's results, at any setting."""
        found = [f"{self.precision} {case.work}, ketwork: {text}" for text in [self.ketwork_complaint(case)] if text]
        for peer, process in self.peers.items():
            for setting in PEERS[peer].settings.get(case.work, ()):
                if text := self.peer_complaint(case, peer, setting, process):
                    found.append(f"{self.precision} {case.work}, {peer}, {setting}: {text}")
        return found

    def close(self) -> None:
        """Ends all peers."""
        for process in self.peers.values():
            process.close()

    def ketwork_complaint(self, case: Case) -> str:
        """What is wrong with ketwork's results on what is known exactly."""
        key = (OURS, "", case.work)
        if key not in self.sound:
            small = small_case(case)
            run = NoisyRun(self.ketwork, small, CHECK_RATE, self.folder)
            try:
                found = run.values(CHECKED_ROWS)[0] if case.work == "noisy-values" else run.shots(CHECK_SHOTS)[0]
                self.sound[key] = complaint(small, self.precision, found)
            except Failed as failure:
                self.sound[key] = described(failure)
        return self.sound[key]

    def peer_complaint(self, case: Case, peer: str, setting: str, process: PeerProcess) -> str:
        """The same of a peer."""
        key = (peer, setting, case.work)
        if key not in self.sound:
            small = small_case(case)
            amount = CHECKED_ROWS if case.work == "noisy-values" else CHECK_SHOTS
            try:
                self.sound[key] = complaint(small, self.precision, self.drawn(small, setting, CHECK_RATE, amount, process))
            except Failed as failure:
                self.sound[key] = described(failure)
        return self.sound[key]

    def drawn(self, case: Case, setting: str, rate: float, amount: int, process: PeerProcess) -> np.ndarray:
        """Loads a circuit; what comes of so many shots or rows."""
        output = self.folder / "peer.npy"
        request = dataclasses.asdict(case) | {
            "do": "check", "setting": setting, "rate": rate, "checked": amount, "output": str(output),
        }  # fmt: skip
        process.ask(request, CHECK_SECONDS)
        return np.load(output)

    def time_ketwork(self, case: Case, ours: BatchMeasurement, is_known: bool) -> tuple[np.ndarray | None, list[float]]:
        """What the last run gave, and the seconds of all but the first, as many as there is time for."""
        wait_for_quiet(self.options.patience)
        run = NoisyRun(self.ketwork, case, NOISE_RATE, self.folder)
        seconds, end = [], time.monotonic() + self.options.seconds
        try:
            with ForeignLoad() as load:
                found, first = run.measure()
                for _ in range(self.options.repetitions):
                    if seconds and time.monotonic() > end or not seconds and first > self.options.seconds:
                        break
                    found, second = run.measure()
                    seconds.append(second)
        except Failed as failure:
            ours.note = described(failure)
            return None, []
        ours.foreign_cores = load.cores if math.isnan(ours.foreign_cores) else max(ours.foreign_cores, load.cores)
        return found, seconds or [first]

    def time_peer(self, case: Case, row: BatchMeasurement, process: PeerProcess, ours: np.ndarray | None) -> str:
        """Times a setting; gives why that failed."""
        amount = case.shots or case.rows
        try:
            # Few shots, because a whole run may take minutes.
            found = self.drawn(case, row.setting, NOISE_RATE, min(amount, self.options.compared), process)
            if ours is not None and (wrong := difference(case, self.precision, found, ours)):
                return f"failed: {wrong}"
            wait_for_quiet(self.options.patience)
            request = {"do": "time", "amount": amount, "repetitions": self.options.repetitions, "seconds": self.options.seconds}
            answer = process.ask(request, CHECK_SECONDS + 2 * self.options.seconds)
        except Failed as failure:
            return described(failure)
        share = answer["timed"] / amount
        row.timed_rows, row.foreign_cores = max(1, round(case.rows * share)), answer["foreign_cores"]
        row.fill([seconds / share for seconds in answer["seconds"]], answer["is_cold"])
        return ""

    def row(self, case: Case, simulator: str, setting: str) -> BatchMeasurement:
        return BatchMeasurement(
            case.work, case.ansatz, case.qubits, self.precision, self.options.threads, simulator, setting,
            layers=case.layers, rows=case.rows, shots=case.shots,
        )  # fmt: skip

    def say(self, case: Case, simulator: str) -> None:
        if sys.stderr.isatty():
            print(f"{f'{self.precision} {case.work} on {case.qubits} qubits, {simulator}':90}", end="\r", file=sys.stderr, flush=True)


def small_case(case: Case) -> Case:
    """The same work on a circuit whose results are known."""
    return dataclasses.replace(case, qubits=CHECK_QUBITS, layers=CHECK_LAYERS)


def complaint(case: Case, precision: str, found: np.ndarray) -> str:
    """What is wrong with the first rows' values, or with how often each basis state was drawn; empty if nothing is."""
    template = templates.build(case.ansatz, case.layers, case.qubits)
    exact = [noise_reference.probabilities(template, row, CHECK_RATE) for row in template.rows(CHECKED_ROWS)]
    if case.work == "noisy-values":
        expected = np.array([noise_reference.z_values(row) for row in exact])
        if found.shape != expected.shape:
            return f"failed: values of shape {found.shape} instead of {expected.shape}"
        error = np.abs(found - expected).max()
        return "" if error <= VALUE_ERRORS[precision] else f"failed: a value is off by {error:.2g}"
    expected = noise_reference.misread(exact[0], MISREADING) if case.work == "density" else exact[0]
    frequencies = np.bincount(found, minlength=len(expected)) / CHECK_SHOTS
    if len(found) != CHECK_SHOTS:
        return f"failed: {len(found)} shots instead of {CHECK_SHOTS}"
    bounds = SIGMAS * np.sqrt(expected * (1 - expected) / CHECK_SHOTS) + 1 / CHECK_SHOTS
    wrong = np.flatnonzero(np.abs(frequencies - expected) > bounds)
    return "" if not len(wrong) else f"failed: state {wrong[0]} in {frequencies[wrong[0]]:.4f} of the shots, exactly {expected[wrong[0]]:.4f}"


def difference(case: Case, precision: str, found: np.ndarray, ours: np.ndarray) -> str:
    """By what a peer's results differ from ketwork's; empty if by nothing but chance."""
    if case.work == "noisy-values":
        error = np.abs(found - ours[: len(found)]).max()
        return "" if error <= 2 * VALUE_ERRORS[precision] else f"a value differs from ketwork's by {error:.2g}"
    for qubit in range(case.qubits):
        ones = [np.mean(states >> qubit & 1) for states in (found, ours)]
        middle = np.clip(np.mean(ones), 1 / len(found), 1 - 1 / len(found))
        sigma = np.sqrt(middle * (1 - middle) * (1 / len(found) + 1 / len(ours)))
        if abs(ones[0] - ones[1]) > SIGMAS * sigma:
            return f"qubit {qubit} is 1 in {ones[0]:.4f} of the shots, and in {ones[1]:.4f} of ketwork's"
    return ""


def main() -> int:
    """Measures or checks what was asked for."""
    options = parse_options()
    chosen = [case for case in NOISE_CASES if case.work in options.work]
    if options.qubits:
        chosen = [case for case in chosen if case.qubits in options.qubits]
    if options.rows:
        chosen = [dataclasses.replace(case, rows=options.rows) if case.work == "noisy-values" else case for case in chosen]
    if not chosen:
        sys.exit("no circuit is left; cases.py lists them")
    if options.check:
        works = list({case.work: case for case in chosen}.values())
        return comparisons.check(works, options, NoiseComparison, "kinds of work")
    report(comparisons.measure(chosen, options, NoiseComparison), options)
    return 0


def report(measurements: list[BatchMeasurement], options: argparse.Namespace) -> None:
    """Prints the table, the goals and what was left out."""
    print(f"error rate {NOISE_RATE:g}; median of up to {options.repetitions}\n")
    print(batch_results.table(measurements, options.peers))
    if judged := goals.table(goals.verdicts(measurements)):
        print(judged)
    for row in measurements:
        if row.note:
            print(f"{row.precision} {row.work} on {row.qubits} qubits, {row.simulator}, {row.setting}: {row.note}")
    measured = [row for row in measurements if row.samples]
    if any(row.is_scaled for row in measured):
        print("* fewer trajectories or rows were timed, because all would have taken too long; scaled")
    if any(row.is_cold for row in measured):
        print("° a single run, the first, which took all of the time for a setting")
    if disturbed := sum(row.is_disturbed for row in measured):
        print(f"~ disturbed, {disturbed} of {len(measured)} figures: other processes took more than {DISTURBED_CORES} cores")


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ketwork", type=Path, default=KETWORK, help="the binary (%(default)s)")
    add("--work", nargs="+", choices=NOISE_WORKS, default=NOISE_WORKS)
    add("--qubits", nargs="+", type=int, metavar="N", help="only the circuits on so many qubits")
    add("--rows", type=int, help="of noisy-values; goals hold for the rows of cases.py")
    add("--precision", nargs="+", choices=["single", "double"], default=["single", "double"])
    add("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    add("--threads", type=int, default=len(os.sched_getaffinity(0)))
    add("--repetitions", type=int, default=5, help="runs that count (%(default)s)")
    add("--seconds", type=float, default=20, help="for one setting of a peer on one circuit (%(default)s)")
    add("--compared", type=int, default=100, help="shots or rows that are held against ketwork's before a figure counts (%(default)s)")
    add("--csv", type=Path, help="write every figure, and what was left out")
    add("--patience", type=float, default=0, metavar="SECONDS", help="wait so long for other processes before each figure")
    add("--check", action="store_true", help="measure nothing: hold everyone's results at every setting against exact ones")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
