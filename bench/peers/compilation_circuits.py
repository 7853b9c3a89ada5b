#!/usr/bin/env python3
"""The circuits of MQT Bench at the target-independent level, as OpenQASM 2 that every compiler reads alike.

    python bench/peers/compilation_circuits.py FOLDER [--families qft grover] [--sizes 5 10]

A file is `FAMILY-QUBITS.qasm` and has nothing but gates of qelib1.inc on one register `q`: no definitions, no measurements and no barriers, as
compilers treat those differently. MQT Bench builds its circuits with Qiskit's optimiser off, which leaves all there is to gain to those compared.
A family that has no circuit of a size gives its nearest one, up to so many qubits away. Files that exist are not made again, and
`left-out.json` keeps the reasons why others are not there; to try again, delete it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIZES = (5, 10, 15, 20, 27)
MOST_QUBITS = 27  # of the smaller coupling map
MOST_DISTANCE = 3  # of a circuit's size from the one that was asked for
MOST_GATES = 20_000
BUILD_SECONDS = 60
SEED = 10  # of the graph, which MQT Bench draws anew each time; its other families have seeds of their own
LEFT_OUT = "left-out.json"
# Gates that qelib1.inc has had since its first versions, so that nobody takes them for gates that the file defines.
GATES = (
    "u1", "u2", "u3", "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "cx", "cy", "cz", "ch", "swap",
    "crx", "cry", "crz", "cu1", "cu3", "rxx", "rzz", "ccx", "cswap",
)  # fmt: skip


class LeftOut(Exception):
    """Why there is no such circuit."""


@dataclass(frozen=True)
class CircuitFile:
    """A circuit that was written."""

    family: str
    qubits: int
    path: Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--families", nargs="+", help="of MQT Bench; all by default")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    options = parser.parse_args()
    files, left_out = generate(options.folder, options.families, options.sizes)
    print("\n".join([*(str(file.path) for file in files), *left_out]))


def generate(folder: Path, families: list[str] | None, sizes: list[int]) -> tuple[list[CircuitFile], list[str]]:
    """The files of these families and sizes, written where they are missing, and a line for each reason why one is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    reasons_path = folder / LEFT_OUT
    reasons = json.loads(reasons_path.read_text()) if reasons_path.exists() else {}
    files: dict[Path, CircuitFile] = {}
    missing: dict[tuple[str, str], list[int]] = {}
    for family in families or all_families():
        for size in sizes:
            try:
                file = nearest(folder, family, size, reasons)
                files[file.path] = file
            except LeftOut as error:
                missing.setdefault((family, str(error)), []).append(size)
            reasons_path.write_text(json.dumps(reasons, indent=1))
    lines = [f"left out: {family} on {', '.join(map(str, sizes))} qubits: {reason}" for (family, reason), sizes in missing.items()]
    return sorted(files.values(), key=lambda file: (file.family, file.qubits)), lines


def all_families() -> list[str]:
    from mqt.bench.benchmarks import get_available_benchmark_names

    return list(get_available_benchmark_names())


def nearest(folder: Path, family: str, size: int, reasons: dict[str, str]) -> CircuitFile:
    """The family's circuit whose size is the nearest one, the smaller of two."""
    first = None
    for qubits in candidates(size):
        path = folder / f"{family}-{qubits}.qasm"
        name = path.stem
        if not path.exists() and name not in reasons:
            print(f"building {name}", file=sys.stderr)
            if reason := built(family, qubits, path):
                reasons[name] = reason
        if path.exists():
            return CircuitFile(family, qubits, path)
        first = first or reasons[name]
        if not reasons[name].startswith("ValueError"):
            break  # it exists and is of no use, and its neighbours are like it
    raise LeftOut(first if reasons[name].startswith("ValueError") else reasons[name])


def candidates(size: int) -> Iterator[int]:
    for distance in range(MOST_DISTANCE + 1):
        for qubits in dict.fromkeys((size - distance, size + distance)):
            if 2 <= qubits <= MOST_QUBITS:
                yield qubits


def built(family: str, qubits: int, path: Path) -> str | None:
    """Writes a circuit in a process of its own, which can be stopped; gives the reason if there is none."""
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=build, args=(family, qubits, path, writer))
    process.start()
    writer.close()
    try:
        return reader.recv() if reader.poll(BUILD_SECONDS) else f"MQT Bench takes longer than {BUILD_SECONDS} s"
    except EOFError:
        return "the process that built it ended"
    finally:
        process.kill()
        process.join()


def build(family: str, qubits: int, path: Path, answer) -> None:
    """Says nothing if all went well, and else why not."""
    warnings.filterwarnings("ignore")
    try:
        text = qasm(family, qubits)
    except LeftOut as error:
        answer.send(str(error))
    except Exception as error:  # of MQT Bench, whatever it is
        answer.send(f"{type(error).__name__}: {error}")
    else:
        partial = path.with_suffix(".partial")
        partial.write_text(text)
        partial.rename(path)
        answer.send(None)


def qasm(family: str, qubits: int) -> str:
    """The circuit in gates of qelib1.inc alone."""
    from mqt.bench import get_benchmark_indep
    from qiskit import transpile

    extra = {"seed": SEED} if family == "graphstate" else {}
    circuit = get_benchmark_indep(family, qubits, opt_level=0, **extra)
    circuit.remove_final_measurements()
    circuit.data = [step for step in circuit.data if step.operation.name != "barrier"]
    if any(step.clbits or step.operation.name == "reset" for step in circuit.data):
        raise LeftOut("it measures on the way, which OpenQASM 2 and the compilers express differently")
    if circuit.num_qubits != qubits:
        raise LeftOut(f"it has {circuit.num_qubits} qubits")
    circuit = transpile(circuit, basis_gates=list(GATES), optimization_level=0)
    if len(circuit.data) > MOST_GATES:
        raise LeftOut(f"{len(circuit.data):,} gates, and at most {MOST_GATES:,} are taken")
    if not any(step.operation.num_qubits > 1 for step in circuit.data):
        raise LeftOut("it has no gate on two qubits")
    return written(circuit)


def written(circuit) -> str:
    """As text, with angles to the last bit: Qiskit's own writer defines gates that later versions of qelib1.inc have."""
    index = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{circuit.num_qubits}];"]
    for step in circuit.data:
        angles = ",".join(repr(float(angle)) for angle in step.operation.params)
        name = f"{step.operation.name}({angles})" if angles else step.operation.name
        lines.append(f"{name} {','.join(f'q[{index[qubit]}]' for qubit in step.qubits)};")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
