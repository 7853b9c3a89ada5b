#!/usr/bin/env python3
"""Compiles the circuits of MQT Bench for coupling maps, with ketwork and its peers, and compares what comes out.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/compilation.py --circuits /tmp/mqt --cache /tmp/compilation-peers.json
    /tmp/peers/bin/python bench/peers/compilation.py --circuits /tmp/mqt --tools qiskit ketwork --families qft ghz --sizes 5 10 --basis cx,u
    /tmp/peers/bin/python bench/peers/compilation.py --circuits /tmp/mqt --seconds 300 --repetitions 5 --json compilation.json

All tools read the same files, which `compilation_circuits.py` writes into a folder and leaves there. What they write, one counter counts
(`compilation_counts.py`): gates on two qubits, a swap that remains as three; the depth of all gates; that without rz, which takes no time where it
is a change of frame; and the depth of gates on two qubits alone. A circuit that is not of the basis, or not on the map, does not count: the table
says so. `compilation_check.py` says whether circuits do what they did before.

A peer's seconds are those of its own call that compiles (`compilation_adapters.py`), ketwork's those that it reports; those of its whole process,
which reads and writes files, and the processor's, which leave out what else the machine does, stand beside them. Each tool has so many threads
(--threads) and so many seconds a circuit and thread (--seconds). ~ is behind a figure while which other processes took much.

A peer's figures are kept in a file (--cache), by circuit, map, basis, seed, and the peer's version: later runs compile with ketwork alone. Times
of such a file are comparable only on the machine that took them. A ratio below 1 means that ketwork is better.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path

import compilation_circuits
import compilation_counts
from compilation_circuits import CircuitFile
from compilation_maps import MAPS
from compilation_results import Cache, Row, means, table, without_nan
from compilation_tools import OURS, TOOLS, Task, tool
from process import KETWORK, Failed


class Comparison:
    """The tools, and what is known of peers."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.cache = Cache(options.cache)
        self.tools = {name: tool(name, options.ketwork, options.threads) for name in options.tools}
        self.basis = options.basis.split(",")

    def rows(self, files: list[CircuitFile]) -> list[Row]:
        """Compiles smaller circuits first, so that a run that is stopped has most of them."""
        rows = []
        for file in sorted(files, key=lambda file: (file.qubits, file.family)):
            circuit = compilation_counts.read(file.path)
            counts = compilation_counts.counts(circuit)
            for coupling in (MAPS[name] for name in self.options.maps):
                for name in self.tools:
                    task = Task(file.path, coupling, self.basis, self.options.seed, self.options.repetitions, self.options.seconds)
                    row = Row(file.family, file.qubits, coupling.name, self.options.basis, name, self.tools[name].version,
                              self.options.seconds, counts.two_qubit_gates, counts.depth)  # fmt: skip
                    rows.append(self.measured(task, row))
        return sorted(rows, key=lambda row: (row.family, row.coupling, row.qubits))

    def measured(self, task: Task, row: Row) -> Row:
        """The row with its figures, known or new."""
        key = Cache.key(task, row.tool, row.version)
        if row.tool != OURS and (known := self.cache.row(key, task.seconds)):
            return dataclasses.replace(known, family=row.family, qubits=row.qubits, coupling=row.coupling)  # families may share a circuit
        print(f"{row.tool}: {row.family} on {row.qubits} qubits, {row.coupling}", file=sys.stderr)
        try:
            self.fill(task, row)
        except Failed as error:
            row.note = str(error)
        if row.tool != OURS:
            self.cache.keep(key, row)
        return row

    def fill(self, task: Task, row: Row) -> None:
        """Compiles, checks the form of what came out, and counts."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "compiled.qasm"
            answer = self.tools[row.tool].compile(task, output)
            circuit = compilation_counts.read(output)
        if complaint := compilation_counts.complaint(circuit, task.coupling, task.basis):
            raise Failed(complaint)
        counts = compilation_counts.counts(circuit)
        for name, value in dataclasses.asdict(counts).items():
            setattr(row, name, value)
        for name in ("seconds", "process_seconds", "processor_seconds", "foreign_cores"):
            setattr(row, name, answer.get(name, getattr(row, name)))
        reported = answer.get("reported", {}).get("two_qubit_gates", {}).get("after", counts.two_qubit_gates)
        if reported != counts.two_qubit_gates:
            print(f"{row.tool} reports {reported} gates on two qubits where there are {counts.two_qubit_gates}", file=sys.stderr)

    def close(self) -> None:
        for each in self.tools.values():
            each.close()


def main() -> None:
    options = parsed_options()
    files, left_out = compilation_circuits.generate(options.circuits, options.families, options.sizes)
    comparison = Comparison(options)
    try:
        rows = comparison.rows(files)
    finally:
        comparison.close()
    print(f"basis {options.basis}, seed {options.seed}, {options.threads} threads, at most {options.seconds:g} s a circuit")
    print("\n".join(f"{name}: {each.version}" for name, each in comparison.tools.items() if each.version))
    print("\n".join([table(rows, options.tools), *left_out]))
    if OURS in options.tools:
        print(means(rows, [name for name in options.tools if name != OURS]))
    if options.json:
        options.json.write_text(json.dumps([without_nan(row) for row in rows], indent=1))


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--circuits", type=Path, required=True, help="the folder of the circuits, made where there is none")
    parser.add_argument("--ketwork", type=Path, default=KETWORK, help="the executable")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--families", nargs="+", help="of MQT Bench; all by default")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(compilation_circuits.SIZES), help="qubits, or the nearest size there is")
    parser.add_argument("--maps", nargs="+", choices=MAPS, default=list(MAPS))
    parser.add_argument("--basis", default="cz,rz,sx,x", choices=("cz,rz,sx,x", "cx,u"))
    parser.add_argument("--seed", type=int, default=1, help="of Qiskit")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=1, help="of which the median counts, as many as the limit allows")
    parser.add_argument("--seconds", type=float, default=60, help="a circuit, all repetitions together")
    parser.add_argument("--cache", type=Path, help="peers' figures by what they depend on, read and written")
    parser.add_argument("--json", type=Path, help="every row")
    return parser.parse_args()


if __name__ == "__main__":
    main()
