"""Random circuits and coupling maps on which compilers are checked; each is a pure function of its seed."""

from __future__ import annotations

import math
import random

from compilation_maps import HEAVY_HEX_27, CouplingMap, grid

FEWEST_QUBITS, MOST_QUBITS = 2, 8
MOST_GATES = 60
MOST_SPARE_QUBITS = 4  # of a map, beyond those of the circuit
# By name: on how many qubits, with how many angles.
GATES = {
    "id": (1, 0), "x": (1, 0), "y": (1, 0), "z": (1, 0), "h": (1, 0), "s": (1, 0), "sdg": (1, 0), "t": (1, 0), "tdg": (1, 0),
    "sx": (1, 0), "sxdg": (1, 0), "rx": (1, 1), "ry": (1, 1), "rz": (1, 1), "p": (1, 1), "u1": (1, 1), "u2": (1, 2), "u3": (1, 3),
    "u": (1, 3), "cx": (2, 0), "cy": (2, 0), "cz": (2, 0), "ch": (2, 0), "swap": (2, 0), "crx": (2, 1), "cry": (2, 1),
    "crz": (2, 1), "cu1": (2, 1), "cp": (2, 1), "cu3": (2, 3), "rxx": (2, 1), "rzz": (2, 1), "ccx": (3, 0), "cswap": (3, 0),
}  # fmt: skip
# Among which a circuit's gates are drawn: everything, those that optimisers know rules for, and bases.
SETS = (
    tuple(GATES),
    ("h", "s", "sdg", "x", "z", "cx", "cz", "swap"),
    ("h", "t", "tdg", "s", "cx", "ccx"),
    ("u", "rzz", "cp", "swap", "ccx"),
    ("rz", "rx", "rzz", "rxx", "cx"),
    ("rz", "cz", "p", "cp", "rzz", "t"),
    ("cz", "rz", "sx", "x"),
    ("u3", "cx"),
    ("swap", "cswap", "cx", "u"),
)


def circuit(rng: random.Random) -> tuple[int, str]:
    """How many qubits, and OpenQASM 2. Some gates come twice, or before a like one, so that there is something to take together."""
    qubit_count = rng.randint(FEWEST_QUBITS, MOST_QUBITS)
    names = [name for name in rng.choice(SETS) if GATES[name][0] <= qubit_count]
    steps: list[str] = []
    for _ in range(rng.randint(0, MOST_GATES)):
        if steps and rng.random() < 0.15:
            steps.append(rng.choice(steps[-3:]))
            continue
        name = rng.choice(names)
        width, angle_count = GATES[name]
        angles = ",".join(angle(rng) for _ in range(angle_count))
        qubits = ",".join(f"q[{qubit}]" for qubit in rng.sample(range(qubit_count), width))
        steps.append(f"{name}({angles}) {qubits};" if angles else f"{name} {qubits};")
    return qubit_count, "\n".join(["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{qubit_count}];", *steps, ""])


def angle(rng: random.Random) -> str:
    """Any, or one at which gates become others."""
    special = rng.choice((0.0, math.pi, -math.pi, math.pi / 2, -math.pi / 2, math.pi / 4, 2 * math.pi, 4 * math.pi, 1e-9, math.pi - 1e-9))
    return repr(rng.uniform(-7, 7) if rng.random() < 0.6 else special)


def coupling(rng: random.Random, qubit_count: int) -> CouplingMap:
    """A connected map with room for so many qubits, its qubits numbered at random."""
    kind = rng.choice(("line", "ring", "grid", "tree", "random", "full", "heavy-hex"))
    if kind == "heavy-hex":
        return HEAVY_HEX_27
    count = qubit_count + rng.randint(0, MOST_SPARE_QUBITS)
    if kind == "grid":
        made = grid(2, (count + 1) // 2)
        count, pairs = made.qubit_count, list(made.edges)
    else:
        pairs = edges(rng, kind, count)
    numbers = rng.sample(range(count), count)
    renamed = tuple(sorted((numbers[a], numbers[b]) for a, b in pairs))
    return CouplingMap(f"{kind}-{count}", count, renamed)


def edges(rng: random.Random, kind: str, count: int) -> list[tuple[int, int]]:
    line = [(qubit, qubit + 1) for qubit in range(count - 1)]
    if kind == "line":
        return line
    if kind == "ring":
        return line + ([(0, count - 1)] if count > 2 else [])
    pairs = [(a, b) for b in range(count) for a in range(b)]
    if kind == "full":
        return pairs
    tree = [(rng.randrange(qubit), qubit) for qubit in range(1, count)]
    extra = [pair for pair in pairs if pair not in tree and rng.random() < 0.2] if kind == "random" else []
    return tree + extra
