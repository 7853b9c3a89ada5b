#!/usr/bin/env python3
"""Checks that compiled circuits do what they did before, up to the layouts that are named with them.

    /tmp/peers/bin/python bench/peers/compilation_check.py --random 2000
    /tmp/peers/bin/python bench/peers/compilation_check.py --random 200 --tools qiskit pytket
    /tmp/peers/bin/python bench/peers/compilation_check.py --random 0 --circuits /tmp/mqt

Random circuits of all kinds of gates on 2 to 8 qubits are compiled for random connected maps and both bases, and the circuits of MQT Bench on
up to --qubits for the maps and bases of `compilation.py`. What comes out has to be of the basis and on the map; and from one random state of the
circuit's qubits, which stands where the initial layout says and has 0 around it, it has to lead to the circuit's own state, where the final layout
says and with 0 around it, but for a phase, to an infidelity of 1e-9. Qiskit computes both states. A circuit that touches too many qubits for that
is named.

A failure names its seed: --seed SEED --random 1 brings it back, and --keep FOLDER keeps circuit, map and output of each.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

import compilation_circuits
import compilation_counts
import compilation_random
from compilation_equivalence import TooWide, infidelity
from compilation_maps import MAPS
from compilation_tools import OURS, TOOLS, Task, tool
from process import KETWORK, Failed

BASES = ("cz,rz,sx,x", "cx,u")
TOLERANCE = 1e-9  # of the infidelity
TOLD_EVERY = 100


class Checks:
    """What was compiled, and what was wrong with it."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.tools = [tool(name, options.ketwork, 1) for name in options.tools]
        self.checked, self.problems, self.skipped = 0, [], []

    def random(self, seed: int) -> None:
        """One circuit for one map and basis, by every tool."""
        rng = random.Random(seed)
        qubit_count, text = compilation_random.circuit(rng)
        coupling = compilation_random.coupling(rng, qubit_count)
        path = self.folder / f"random-{seed}.qasm"
        path.write_text(text)
        for each in self.tools:
            self.check(each, Task(path, coupling, rng.choice(BASES).split(","), seed), f"seed {seed}, {coupling.name}")
        path.unlink()

    def file(self, path: Path) -> None:
        """One circuit for every map and basis, by every tool."""
        for coupling in MAPS.values():
            for basis in BASES:
                for each in self.tools:
                    self.check(each, Task(path, coupling, basis.split(","), self.options.seed), f"{path.stem}, {coupling.name}")

    def check(self, each, task: Task, name: str) -> None:
        name = f"{each.name}: {name}, {','.join(task.basis)}"
        output = self.folder / "compiled.qasm"
        output.unlink(missing_ok=True)
        self.checked += 1
        try:
            problem = self.problem(each, task, output)
        except TooWide as error:
            self.skipped.append(f"not compared: {name}: {error}")
            return
        except (Failed, ValueError, KeyError, OSError) as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            self.problems.append(f"{name}: {problem}")
            print(self.problems[-1], file=sys.stderr)
            self.keep(task, output, each.name)

    def problem(self, each, task: Task, output: Path) -> str:
        """What is wrong with a compiled circuit; nothing if all is well."""
        answer = each.compile(task, output)
        circuit, compiled = compilation_counts.read(task.circuit), compilation_counts.read(output)
        if complaint := compilation_counts.complaint(compiled, task.coupling, task.basis):
            return complaint
        error = infidelity(circuit, compiled, answer["initial_layout"], answer["final_layout"], task.seed)
        return "" if error <= TOLERANCE else f"the infidelity is {error:.1e}"

    def keep(self, task: Task, output: Path, name: str) -> None:
        """Copies what failed to where it can be looked at."""
        if self.options.keep is None:
            return
        folder = self.options.keep / f"{task.circuit.stem}-{name}-{task.coupling.name}-{'-'.join(task.basis)}"
        task.coupling.write(folder)
        for path in (task.circuit, output):
            if path.exists():
                shutil.copy(path, folder)

    def close(self) -> None:
        for each in self.tools:
            each.close()


def main() -> None:
    options = parsed_options()
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(options, Path(folder))
        try:
            run(checks, options)
        finally:
            checks.close()
    for line in checks.skipped + checks.problems:
        print(line)
    wrong = f"{len(checks.problems)} are wrong" if checks.problems else "all others are right" if checks.skipped else "all are right"
    seeds = f"random ones: {options.random} seeds from {options.seed} on"
    print(f"{checks.checked} compiled circuits, {len(checks.skipped)} not compared, {wrong} ({seeds})")
    sys.exit(1 if checks.problems or checks.checked == len(checks.skipped) else 0)


def run(checks: Checks, options: argparse.Namespace) -> None:
    """Random circuits, then those of the folder."""
    for number in range(options.random):
        checks.random(options.seed + number)
        if (number + 1) % TOLD_EVERY == 0:
            print(f"{number + 1} random circuits, {len(checks.problems)} problems", file=sys.stderr)
    if options.circuits is None:
        return
    sizes = [size for size in compilation_circuits.SIZES if size <= options.qubits]
    for file in compilation_circuits.generate(options.circuits, options.families, sizes)[0]:
        if file.qubits <= options.qubits:
            print(file.path.stem, file=sys.stderr)
            checks.file(file.path)


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ketwork", type=Path, default=KETWORK, help="the executable")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=[OURS])
    parser.add_argument("--random", type=int, default=2000, help="random circuits")
    parser.add_argument("--seed", type=int, default=1, help="of the first random circuit; the others follow")
    parser.add_argument("--circuits", type=Path, help="a folder of circuits of MQT Bench, made where there is none")
    parser.add_argument("--families", nargs="+", help="of MQT Bench; all by default")
    parser.add_argument("--qubits", type=int, default=10, help="of the largest circuit of the folder")
    parser.add_argument("--keep", type=Path, help="a folder for what failed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
