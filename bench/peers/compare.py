#!/usr/bin/env python3
"""Times ketwork and its peers on the same circuits in one run, and prints the ratios.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/compare.py --check
    /tmp/peers/bin/python bench/peers/compare.py --qubits 16 20 24 --csv peers.csv --svg peers.svg
    /tmp/peers/bin/python bench/peers/compare.py --work sampling
    /tmp/peers/bin/python bench/peers/compare.py --work paulis

Every simulator runs in a process of its own, one at a time, with the same number of threads; ketwork runs anew before each peer, so that
a machine that changes its pace changes it for both. One run is not counted, then the median of --repetitions counts, of more if they are
short and of fewer if they are long; of ketwork it is the median of the medians.

    evolution  from |0…0⟩ to the full state: memory, planning or fusion, and every gate, for all alike. Reading the circuit and turning it
               into a simulator's own objects is not in it. `adapters.py` says of each peer what exactly is timed.
    sampling   --shots basis states drawn from a state that is there.
    paulis     the expectation values of --strings random Pauli strings, each on its own, on a state that is there.

A peer is taken at the best of its settings. On the fewest qubits all are tried, best first on more; --seconds bounds what a peer
spends on one circuit. What is left out, because the time is spent, because a run is expected to take longer than that, or because the
setting took more than twice as long as the best on fewer qubits, stands in the CSV file with the reason, and beside each figure how many
cores other processes took meanwhile.

A ratio above 1 means that ketwork is faster. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import circuits
import goals
import results
from adapters import PEERS
from process import KETWORK, Failed, Ketwork, PeerProcess
from results import OURS, Measurement
from timing import DISTURBED_CORES, ForeignLoad, sample_count, wait_for_quiet

DEFAULTS = {"evolution": (list(circuits.FAMILIES), [20], 20), "sampling": (["hea"], [24], 60), "paulis": (["hea"], [22], 60)}
FIGURES = {"evolution": "evolution", "sampling": "samples", "paulis": "expectations"}
TOO_SLOW = 2  # times the best of a peer's settings; beyond, a setting is not tried on more qubits
TELLING_SECONDS = 0.005  # shorter runs say little about which setting is best on more qubits
LARGE_QUBITS = 25  # from here on a peer's process ends with the circuit, so that only one state is in memory
STRINGS_SEED = 11
SHOTS, STRINGS = 1_000_000, 1_000


class Comparison:
    """One precision: ketwork and the peers, circuit by circuit."""

    def __init__(self, options: argparse.Namespace, precision: str, folder: Path) -> None:
        self.options, self.precision, self.folder = options, precision, folder
        self.ketwork = Ketwork(options.ketwork, precision, options.threads)
        chosen = [peer for peer in options.peers if precision in PEERS[peer].precisions and options.work in PEERS[peer].works]
        self.peers = {peer: PeerProcess(peer, precision, options.threads) for peer in chosen}
        self.measurements: list[Measurement] = []
        self.known: dict[tuple, tuple[int, float]] = {}  # simulator, setting, family: the last size and its seconds

    def run(self, family: str, qubits: int) -> list[Measurement]:
        """Times one circuit everywhere."""
        circuit = circuits.write(self.folder, family, qubits)
        start = len(self.measurements)
        ours = self.row(family, qubits, OURS, "default")
        self.measurements.append(ours)
        if self.expected(ours) is None:
            self.learn(ours, [self.time_ketwork(circuit, ours, 1)])
        figures = []
        for peer, process in self.peers.items():
            self.say(f"{self.precision} {family} {qubits} {peer}")
            repetitions = sample_count(self.expected(ours), self.options.repetitions, self.options.seconds)
            figures.append(self.time_ketwork(circuit, ours, repetitions))
            self.time_peer(circuit, family, qubits, peer, process)
            if qubits >= LARGE_QUBITS:
                process.close()
        self.learn(ours, figures)
        return self.measurements[start:]

    def close(self) -> None:
        """Ends all peers."""
        for process in self.peers.values():
            process.close()

    def time_ketwork(self, circuit: Path, ours: Measurement, repetitions: int) -> dict:
        """What `ketwork bench circuits` says of the work."""
        wait_for_quiet(self.options.patience)
        with ForeignLoad() as load:
            ours.note, figures = self.ketwork.figures(circuit, repetitions, *self.readings(ours.qubits))
        ours.foreign_cores = load.cores if math.isnan(ours.foreign_cores) else max(ours.foreign_cores, load.cores)
        return figures[FIGURES[self.options.work]]

    def readings(self, qubits: int) -> list:
        if self.options.work == "sampling":
            return ["--shots", self.options.shots]
        if self.options.work == "paulis":
            path = self.folder / f"strings-{qubits}.txt"
            path.write_text("\n".join(strings(qubits, self.options.strings)) + "\n")
            return ["--paulis", path]
        return []

    def time_peer(self, circuit: Path, family: str, qubits: int, peer: str, process: PeerProcess) -> None:
        kind = PEERS[peer]
        settings = kind.settings if self.options.work == "evolution" else (kind.reading_setting,)
        rows = [self.row(family, qubits, peer, setting) for setting in settings]
        rows.sort(key=lambda row: math.inf if self.expected(row) is None else self.expected(row))
        self.measurements += rows
        try:
            process.start()
        except Failed as failure:
            rows[0].note = f"failed: {failure}"
            return
        left = self.options.seconds
        for row in rows:
            row.note = self.refusal(row, rows, left)
            if not row.note:
                wait_for_quiet(self.options.patience)
                start = time.monotonic()
                self.time_setting(circuit, row, process, max(left, 0))
                left -= time.monotonic() - start

    def refusal(self, row: Measurement, rows: list[Measurement], left: float) -> str:
        """Why a setting is left out; empty if it is not."""
        expected = self.expected(row)
        if expected is None:
            return "" if row is rows[0] or left > 0 else "not run: the time for this peer is spent"
        if expected > self.options.seconds:
            return f"not run: about {results.seconds(expected)} expected"
        best = self.expected(rows[0])  # they are in order
        if expected > TOO_SLOW * best and self.known[self.place(rows[0])][1] > TELLING_SECONDS:
            return f"not run: {expected / best:.1f} times as long as the best on fewer qubits"
        return "" if row is rows[0] or 2 * expected < left else "not run: the time for this peer is spent"

    def time_setting(self, circuit: Path, row: Measurement, process: PeerProcess, left: float) -> None:
        request = {
            "work": row.work, "circuit": str(circuit), "setting": row.setting, "repetitions": self.options.repetitions,
            "seconds": left, "shots": self.options.shots,
        }  # fmt: skip
        if row.work == "paulis":
            request["paulis"] = strings(row.qubits, self.options.strings)
        try:
            answer = process.ask(request, 3 * self.options.seconds + 15)
        except Failed as failure:
            row.note = f"failed: {failure}"
            return
        row.fill(answer["seconds"], answer["is_cold"])
        row.foreign_cores = answer["foreign_cores"]
        self.known[self.place(row)] = (row.qubits, row.seconds_median)

    def learn(self, ours: Measurement, figures: list[dict]) -> None:
        """Takes the median of medians, and the extremes of all."""
        ours.samples = sum(figure["samples"] for figure in figures)
        ours.seconds_median = statistics.median(figure["seconds_median"] for figure in figures)
        ours.seconds_minimum = min(figure["seconds_minimum"] for figure in figures)
        ours.seconds_maximum = max(figure["seconds_maximum"] for figure in figures)
        self.known[self.place(ours)] = (ours.qubits, ours.seconds_median)

    def expected(self, row: Measurement) -> float | None:
        """The seconds of the last size, doubled for each qubit more; None if there was none."""
        if self.place(row) not in self.known:
            return None
        qubits, measured = self.known[self.place(row)]
        return measured * 2.0 ** (row.qubits - qubits)

    def place(self, row: Measurement) -> tuple:
        return row.simulator, row.setting, row.family

    def row(self, family: str, qubits: int, simulator: str, setting: str) -> Measurement:
        options = self.options
        return Measurement(options.work, family, qubits, self.precision, options.threads, simulator, setting)

    @staticmethod
    def say(text: str) -> None:
        print(f"{text:60}", end="\r", file=sys.stderr, flush=True)


def strings(qubits: int, count: int) -> list[str]:
    """Random Pauli strings, none of them the identity; the same for the same size."""
    source = random.Random(STRINGS_SEED * 1000 + qubits)
    found: list[str] = []
    while len(found) < count:
        label = "".join(source.choice("IXYZ") for _ in range(qubits))
        found += [label] if label.strip("I") else []
    return found


def main() -> int:
    """Measures or checks what was asked for."""
    options = parse_options()
    if options.check:
        from check import check

        return check(options)
    if not set(options.peers) & {peer for peer in PEERS if options.work in PEERS[peer].works}:
        sys.exit(f"none of the peers named is measured with --work {options.work}")
    measurements: list[Measurement] = []
    with tempfile.TemporaryDirectory() as folder:
        for precision in options.precision:
            comparison = Comparison(options, precision, Path(folder))
            try:
                for qubits in sorted(options.qubits):
                    for family in options.families:
                        measurements += comparison.run(family, qubits)
                        if options.csv:  # after each circuit: a long run that breaks off has not been for nothing
                            results.write(options.csv, measurements)
            finally:
                comparison.close()
    report(measurements, options)
    return 0


def report(measurements: list[Measurement], options: argparse.Namespace) -> None:
    """Prints the table and what was left out, and writes the figure."""
    names = sorted({row.note for row in measurements if row.simulator == OURS})
    statistic = "fastest" if options.fastest else "median"
    print(f"{'; '.join(names)}; {statistic} of {options.repetitions}, more of short runs, fewer of long ones\n")
    compared = "seconds_minimum" if options.fastest else "seconds_median"
    print(results.table(measurements, options.peers, compared))
    # The goals of readings are those of a million shots and a thousand strings.
    if (options.shots, options.strings) == (SHOTS, STRINGS) and (judged := goals.table(goals.verdicts(measurements, compared))):
        print(judged)
    for row in measurements:
        if row.simulator != OURS and row.note.startswith("failed"):
            print(f"{row.precision} {row.family} {row.qubits} {row.simulator}, {row.setting}: {row.note}")
    if any(row.is_cold for row in measurements):
        print("° a single run, the first, which took all of --seconds")
    measured = [row for row in measurements if row.samples]
    if disturbed := sum(row.is_disturbed for row in measured):
        print(f"~ disturbed, {disturbed} of {len(measured)} figures: other processes took more than {DISTURBED_CORES} cores")
    if options.svg:
        import figure

        figure.write(options.svg, measurements, figure.family_goals(options.goals), compared)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ketwork", type=Path, default=KETWORK, help="the binary (%(default)s)")
    add("--work", choices=DEFAULTS, default="evolution")
    add("--families", nargs="+", choices=circuits.FAMILIES, help="default: all; hea for the other two works")
    add("--qubits", nargs="+", type=int, metavar="N", help="default: 20; 24 for sampling, 22 for paulis, 8 to 10 for --check")
    add("--precision", nargs="+", choices=["single", "double"], default=["single", "double"])
    add("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    add("--threads", type=int, default=len(os.sched_getaffinity(0)))
    add("--repetitions", type=int, default=5, help="runs that count: more if they are short, fewer if they are long (%(default)s)")
    add("--seconds", type=float, help="for one peer on one circuit; default: 20, and 60 for the other two works")
    add("--shots", type=int, default=SHOTS)
    add("--strings", type=int, default=STRINGS, help="Pauli strings (%(default)s)")
    add("--csv", type=Path, help="write every figure, and what was left out")
    add("--svg", type=Path, help="draw the ratios")
    add("--goals", nargs="*", default=[], metavar="FAMILY=RATIO", help="ratios to mark in the figure; `all` is every family")
    add("--patience", type=float, default=0, metavar="SECONDS", help="wait so long for other processes before each figure")
    add("--fastest", action="store_true", help="compare the fastest run of each in place of the median")
    add("--check", action="store_true", help="measure nothing: compare every peer's state and readings with ketwork's")
    options = parser.parse_args()
    families, qubits, seconds = DEFAULTS[options.work]
    options.seconds = options.seconds or seconds
    options.families = options.families or (list(circuits.FAMILIES) if options.check else families)
    options.qubits = options.qubits or ([8, 9, 10] if options.check else qubits)
    return options


if __name__ == "__main__":
    sys.exit(main())
