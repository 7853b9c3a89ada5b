#!/usr/bin/env python3
"""The circuit templates on whose batches ketwork and its peers are compared, written as OpenQASM 3.

    python bench/peers/templates.py FOLDER --ansatz ry-ring --layers 3 --qubits 4 8

A template's gates are the same in every row of a batch; only the parameters differ.

ry-ring     layers of ry(θ) on every qubit, then cx from each qubit onto the next around the ring
u3-cz-rzz   layers of U(θ, φ, λ) on every qubit, then cz, then rzz(γ) on each qubit and the next around the ring; in a layer, the angles
            of U come first, three a qubit, then those of rzz
u-ring      layers of U(θ, φ, λ) on every qubit, then cx from each qubit onto the next around the ring: what runs with noise
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FEWEST_QUBITS = 3  # a ring of two would have each pair twice
# OpenQASM's standard library has no rzz.
RZZ = "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }"


@dataclass(frozen=True)
class Step:
    """A gate whose angles are parameters of the template, named by their places."""

    name: str
    qubits: tuple[int, ...]
    parameters: tuple[int, ...] = ()


@dataclass(frozen=True)
class Template:
    """Steps on so many qubits; qubit 0 is the least significant bit of a basis state."""

    ansatz: str
    layers: int
    qubit_count: int
    steps: tuple[Step, ...]

    @property
    def parameter_count(self) -> int:
        """How many numbers a row has."""
        return sum(len(step.parameters) for step in self.steps)

    def rows(self, count: int) -> np.ndarray:
        """So many rows of angles, uniform in [−π, π); the first rows are the same for every count."""
        random = np.random.default_rng([self.qubit_count, self.layers, list(ANSATZES).index(self.ansatz)])
        return random.uniform(-math.pi, math.pi, (count, self.parameter_count))


def build(ansatz: str, layers: int, qubit_count: int) -> Template:
    """A template of an ansatz."""
    if qubit_count < FEWEST_QUBITS:
        raise ValueError(f"{qubit_count} qubits; a ring of at least {FEWEST_QUBITS} is needed")
    steps = [step for layer in range(layers) for step in ANSATZES[ansatz](qubit_count, layer)]
    return Template(ansatz, layers, qubit_count, tuple(steps))


def ring(n: int) -> list[tuple[int, int]]:
    """Each qubit and the next."""
    return [(qubit, (qubit + 1) % n) for qubit in range(n)]


def ry_ring(n: int, layer: int) -> Iterator[Step]:
    """One layer."""
    for qubit in range(n):
        yield Step("ry", (qubit,), (layer * n + qubit,))
    for pair in ring(n):
        yield Step("cx", pair)


def u3_cz_rzz(n: int, layer: int) -> Iterator[Step]:
    """One layer."""
    start = layer * 4 * n
    for qubit in range(n):
        first = start + 3 * qubit
        yield Step("u", (qubit,), (first, first + 1, first + 2))
    for pair in ring(n):
        yield Step("cz", pair)
    for index, pair in enumerate(ring(n)):
        yield Step("rzz", pair, (start + 3 * n + index,))


def u_ring(n: int, layer: int) -> Iterator[Step]:
    """One layer."""
    for qubit in range(n):
        first = 3 * (layer * n + qubit)
        yield Step("u", (qubit,), (first, first + 1, first + 2))
    for pair in ring(n):
        yield Step("cx", pair)


# The place of an ansatz is part of the seed: new ones go to the end.
ANSATZES = {"ry-ring": ry_ring, "u3-cz-rzz": u3_cz_rzz, "u-ring": u_ring}


def to_qasm(template: Template, row: np.ndarray | None = None) -> str:
    """OpenQASM 3 with a parameter an input, in their order; or with the numbers of a row."""
    names = [f"p{index}" if row is None else repr(float(row[index])) for index in range(template.parameter_count)]
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [RZZ] if any(step.name == "rzz" for step in template.steps) else []
    lines += [f"input float[64] {name};" for name in names] if row is None else []
    lines.append(f"qubit[{template.qubit_count}] q;")
    for step in template.steps:
        name = {"u": "U"}.get(step.name, step.name)
        angles = f"({', '.join(names[index] for index in step.parameters)})" if step.parameters else ""
        lines.append(f"{name}{angles} {', '.join(f'q[{qubit}]' for qubit in step.qubits)};")
    return "\n".join(lines) + "\n"


def write(folder: Path, template: Template) -> Path:
    """Writes a template; gives its file."""
    path = folder / f"{template.ansatz}-{template.layers}-{template.qubit_count}.qasm"
    path.write_text(to_qasm(template))
    return path


def main() -> None:
    """Writes what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ansatz", nargs="+", choices=ANSATZES, default=list(ANSATZES))
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--qubits", type=int, nargs="+", default=[8])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for ansatz in options.ansatz:
        for qubit_count in options.qubits:
            print(write(options.folder, build(ansatz, options.layers, qubit_count)))


if __name__ == "__main__":
    main()
