"""Whether a compiled circuit does what the one that it was compiled from does, up to the qubits on which it starts and ends."""

from __future__ import annotations

import numpy as np

MOST_QUBITS = 20  # of the map, as many as a compiled circuit may touch for its state to be held


class TooWide(Exception):
    """The compiled circuit touches more qubits than a state is held of."""


def infidelity(circuit, compiled, initial_layout: list[int], final_layout: list[int], seed: int) -> float:
    """1 − |⟨a|b⟩|² of both circuits' states at the end, from one random state at the start.

    Its amplitudes are complex Gaussian numbers, so all phases between basis states count: two unitaries that agree on it up to a phase agree on
    every state, but for starts of probability zero. The map's other qubits start as 0, and have to end as such.
    """
    from qiskit.quantum_info import Statevector

    check_layout(circuit.num_qubits, compiled.num_qubits, initial_layout, "initial")
    check_layout(circuit.num_qubits, compiled.num_qubits, final_layout, "final")
    narrow, positions = narrowed(compiled, {*initial_layout, *final_layout})
    rng = np.random.default_rng(seed)
    state = rng.normal(size=2**circuit.num_qubits) + 1j * rng.normal(size=2**circuit.num_qubits)
    state /= np.linalg.norm(state)
    start = np.zeros(2**narrow.num_qubits, complex)
    start[places([positions[qubit] for qubit in initial_layout])] = state
    expected = Statevector(state).evolve(circuit).data
    found = Statevector(start).evolve(narrow).data[places([positions[qubit] for qubit in final_layout])]
    return abs(1 - abs(np.vdot(expected, found)) ** 2)


def check_layout(qubit_count: int, map_qubit_count: int, layout: list[int], name: str) -> None:
    """Each qubit has a place of its own on the map."""
    if len(layout) != qubit_count or len(set(layout)) != qubit_count or not all(0 <= place < map_qubit_count for place in layout):
        raise ValueError(f"the {name} layout of {qubit_count} qubits on {map_qubit_count} is {layout}")


def narrowed(compiled, kept: set[int]):
    """The circuit on the qubits that it touches and those kept, and which those are: their numbers there by those before."""
    from qiskit import QuantumCircuit

    index = {qubit: number for number, qubit in enumerate(compiled.qubits)}
    used = sorted(kept | {index[qubit] for step in compiled.data for qubit in step.qubits})
    if len(used) > MOST_QUBITS:
        raise TooWide(f"touches {len(used)} qubits of the map, and at most {MOST_QUBITS} are held")
    positions = {qubit: position for position, qubit in enumerate(used)}
    narrow = QuantumCircuit(len(used))
    for step in compiled.data:
        narrow.append(step.operation, [positions[index[qubit]] for qubit in step.qubits])
    return narrow, positions


def places(positions: list[int]) -> np.ndarray:
    """The basis state in which bit k of each number stands at its position."""
    numbers = np.arange(2 ** len(positions))
    return sum(((numbers >> bit) & 1) << position for bit, position in enumerate(positions))
