#!/usr/bin/env python3
"""The circuits on which ketwork and its peers are compared, written as OpenQASM 2.

    python bench/peers/circuits.py FOLDER --qubits 16 20 [--families qft grid]

The same family and size give the same file bit for bit. Only gates, no measurements:

qft    the quantum Fourier transform of a basis state, with its swaps (h, cu1, swap)
qv     quantum volume: n layers of Haar-random two-qubit unitaries on random pairs, each as three cx and the u3 around them
grid   16 cycles of random √X, √Y, √W (as u3) and cz on a grid, in the pattern ABCDCDAB (Arute et al., Nature 574, 2019)
ghz    h, then cx along the line
hea    a hardware-efficient ansatz: four layers of ry, rz and cx along the line
qaoa   three layers of rzz on a random 3-regular graph and rx
tfim   ten first-order Trotter steps of the transverse-field Ising chain (rzz, rx)
adder  the ripple-carry adder of Cuccaro et al. (quant-ph/0410184) on superposed inputs (cx, ccx)
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FEWEST_QUBITS = 6  # an adder of two bits, and a 3-regular graph that is not complete
LAYERS = {"grid": 16, "hea": 4, "qaoa": 3, "tfim": 10}
TFIM_ANGLES = {"rzz": -0.2, "rx": -0.24}
STATEMENT = re.compile(r"(\w+)(?:\(([^)]*)\))? (q\[.*\]);")


@dataclass(frozen=True)
class Gate:
    """A gate of qelib1.inc, with its angles in radians."""

    name: str
    qubits: tuple[int, ...]
    angles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Circuit:
    """Gates on so many qubits; qubit 0 is the least significant bit of a basis state."""

    qubit_count: int
    gates: tuple[Gate, ...]


def gate(name: str, *qubits: int, angles: tuple = ()) -> Gate:
    """A gate with Python's own numbers, whatever NumPy handed over."""
    return Gate(name, tuple(int(qubit) for qubit in qubits), tuple(float(angle) for angle in angles))


def build(family: str, qubit_count: int) -> Circuit:
    """A family's circuit; the random numbers depend on family and size alone."""
    if qubit_count < FEWEST_QUBITS:
        raise ValueError(f"{qubit_count} qubits; at least {FEWEST_QUBITS} are needed")
    seed = 1000 * qubit_count + list(FAMILIES).index(family)
    return Circuit(qubit_count, tuple(FAMILIES[family](qubit_count, np.random.default_rng(seed))))


def qft(n: int, _: np.random.Generator) -> Iterator[Gate]:
    """Of the basis state …0101."""
    for qubit in range(0, n, 2):
        yield gate("x", qubit)
    for target in reversed(range(n)):
        yield gate("h", target)
        for control in reversed(range(target)):
            yield gate("cu1", control, target, angles=(math.pi / 2 ** (target - control),))
    for qubit in range(n // 2):
        yield gate("swap", qubit, n - 1 - qubit)


def qv(n: int, random: np.random.Generator) -> Iterator[Gate]:
    """Depth n; a unitary is decomposed exactly, with three cx (Cartan's decomposition)."""
    from qiskit.circuit.library import CXGate
    from qiskit.quantum_info import random_unitary
    from qiskit.synthesis import TwoQubitBasisDecomposer

    decompose = TwoQubitBasisDecomposer(CXGate(), euler_basis="U3")
    for _ in range(n):
        order = random.permutation(n)
        for first, second in zip(order[0 : n - 1 : 2], order[1::2]):
            block = decompose(random_unitary(4, seed=int(random.integers(2**31))))
            for step in block.data:
                places = [(first, second)[block.find_bit(qubit).index] for qubit in step.qubits]
                name = "u3" if step.operation.name == "u" else step.operation.name
                yield gate(name, *places, angles=tuple(step.operation.params))


def grid(n: int, random: np.random.Generator) -> Iterator[Gate]:
    """No qubit gets the same root twice in a row; a last layer of roots closes the circuit."""
    half = math.pi / 2
    roots = [(half, -half, half), (half, 0, 0), (half, -half / 2, half / 2)]  # √X, √Y, √W
    couplers = grid_couplers(n)
    last = [-1] * n
    for cycle in range(LAYERS["grid"] + 1):
        for qubit in range(n):
            last[qubit] = int(random.choice([root for root in range(len(roots)) if root != last[qubit]]))
            yield gate("u3", qubit, angles=roots[last[qubit]])
        if cycle < LAYERS["grid"]:
            for pair in couplers["ABCDCDAB"[cycle % 8]]:
                yield gate("cz", *pair)


def grid_couplers(n: int) -> dict[str, list[tuple[int, int]]]:
    """Neighbours in rows as near to a square as n allows: vertical pairs are A and B in turn, horizontal ones C and D."""
    rows = math.isqrt(n)
    columns = -(-n // rows)
    couplers: dict[str, list[tuple[int, int]]] = {letter: [] for letter in "ABCD"}
    for qubit in range(n):
        row, column = divmod(qubit, columns)
        is_odd = (row + column) % 2
        if qubit + columns < n:
            couplers["AB"[is_odd]].append((qubit, qubit + columns))
        if column + 1 < columns and qubit + 1 < n:
            couplers["CD"[is_odd]].append((qubit, qubit + 1))
    return couplers


def ghz(n: int, _: np.random.Generator) -> Iterator[Gate]:
    """(|0…0⟩ + |1…1⟩) / √2."""
    yield gate("h", 0)
    for qubit in range(n - 1):
        yield gate("cx", qubit, qubit + 1)


def hea(n: int, random: np.random.Generator) -> Iterator[Gate]:
    """Angles uniform in [−3, 3)."""
    for _ in range(LAYERS["hea"]):
        for qubit in range(n):
            yield gate("ry", qubit, angles=(random.uniform(-3, 3),))
            yield gate("rz", qubit, angles=(random.uniform(-3, 3),))
        for qubit in range(n - 1):
            yield gate("cx", qubit, qubit + 1)


def qaoa(n: int, random: np.random.Generator) -> Iterator[Gate]:
    """On a 3-regular graph; an odd qubit out is joined to qubit 0."""
    import networkx

    even = n - n % 2
    graph = networkx.random_regular_graph(3, even, seed=int(random.integers(2**31)))
    edges = sorted(tuple(sorted(edge)) for edge in graph.edges()) + [(0, even)] * (n % 2)
    for qubit in range(n):
        yield gate("h", qubit)
    for _ in range(LAYERS["qaoa"]):
        gamma, beta = random.uniform(0.1, 1.5, 2)
        for edge in edges:
            yield gate("rzz", *edge, angles=(gamma,))
        for qubit in range(n):
            yield gate("rx", qubit, angles=(2 * beta,))


def tfim(n: int, _: np.random.Generator) -> Iterator[Gate]:
    """Even bonds, odd bonds, field."""
    for _ in range(LAYERS["tfim"]):
        for start in (0, 1):
            for qubit in range(start, n - 1, 2):
                yield gate("rzz", qubit, qubit + 1, angles=(TFIM_ANGLES["rzz"],))
        for qubit in range(n):
            yield gate("rx", qubit, angles=(TFIM_ANGLES["rx"],))


def adder(n: int, random: np.random.Generator) -> Iterator[Gate]:
    """|a⟩|b⟩ to |a⟩|a + b⟩: carry in on qubit 0, then b and a in turn, then carry out; an odd qubit stays idle."""
    bits = (n - 2) // 2
    b = [1 + 2 * bit for bit in range(bits)]
    a = [qubit + 1 for qubit in b]
    carries = [0] + a
    for qubit in a:
        yield gate("h", qubit)
        yield gate("rz", qubit, angles=(0.3,))
    for qubit in b:
        yield gate("ry", qubit, angles=(random.uniform(0.2, 2.8),))
    for carry, sum_bit, addend in zip(carries, b, a):
        yield gate("cx", addend, sum_bit)
        yield gate("cx", addend, carry)
        yield gate("ccx", carry, sum_bit, addend)
    yield gate("cx", a[-1], 2 * bits + 1)
    for carry, sum_bit, addend in reversed(list(zip(carries, b, a))):
        yield gate("ccx", carry, sum_bit, addend)
        yield gate("cx", addend, carry)
        yield gate("cx", carry, sum_bit)


# The place of a family is part of its seed: new ones go to the end.
FAMILIES = {"qft": qft, "qv": qv, "grid": grid, "ghz": ghz, "hea": hea, "qaoa": qaoa, "tfim": tfim, "adder": adder}

# What the time of the best peer over that of ketwork should be; families that are not named have the goal of all (goals.py).
RATIO_GOALS = {"single": {"qft": 4, "qv": 1.4, "ghz": 4, "qaoa": 4, "tfim": 4}, "double": {}}


def to_qasm(circuit: Circuit) -> str:
    """OpenQASM 2, a gate a line, angles with every digit that they have."""
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{circuit.qubit_count}];"]
    for step in circuit.gates:
        angles = f"({','.join(map(repr, step.angles))})" if step.angles else ""
        lines.append(f"{step.name}{angles} {','.join(f'q[{qubit}]' for qubit in step.qubits)};")
    return "\n".join(lines) + "\n"


def read(path: Path) -> Circuit:
    """Reads what `to_qasm` wrote, and no other OpenQASM."""
    qubit_count, gates = 0, []
    for line in path.read_text().splitlines()[2:]:
        statement = STATEMENT.fullmatch(line)
        if not statement:
            raise ValueError(f"{path}: '{line}' was not written by circuits.py")
        name, angles, places = statement.groups()
        qubits = [int(place) for place in re.findall(r"q\[(\d+)\]", places)]
        if name == "qreg":
            qubit_count = qubits[0]
        else:
            gates.append(gate(name, *qubits, angles=tuple(float(angle) for angle in angles.split(",")) if angles else ()))
    return Circuit(qubit_count, tuple(gates))


def write(folder: Path, family: str, qubit_count: int) -> Path:
    """Writes a circuit; gives its file."""
    path = folder / f"{family}-{qubit_count}.qasm"
    path.write_text(to_qasm(build(family, qubit_count)))
    return path


def main() -> None:
    """Writes what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--qubits", type=int, nargs="+", default=[20])
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for family in options.families:
        for qubit_count in options.qubits:
            print(write(options.folder, family, qubit_count))


if __name__ == "__main__":
    main()
