"""One way to read and to count circuits, whoever wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compilation_maps import CouplingMap

CX_OF_SWAP = 3
OTHER_NAMES = {"u3": "u", "U": "u", "u2": "u", "u1": "u", "p": "u", "CX": "cx"}  # how gates of a basis are called in OpenQASM 2


@dataclass(frozen=True)
class Counts:
    """Of a circuit whose swaps count as three gates each."""

    two_qubit_gates: int
    depth: int
    depth_without_rz: int  # where rz is a change of frame that takes no time
    two_qubit_depth: int


def parsed(text: str):
    """A circuit as Qiskit's, of OpenQASM 2 or 3."""
    from qiskit import qasm2, qasm3

    if "OPENQASM 3" in text:
        return qasm3.loads(text)
    return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)


def read(path: Path):
    """A circuit as Qiskit's, without barriers and measurements."""
    circuit = parsed(path.read_text())
    circuit.data = [step for step in circuit.data if step.operation.name not in ("barrier", "measure")]
    return circuit


def counts(circuit) -> Counts:
    """Counts a circuit that `read` gave."""
    unswapped = circuit.copy_empty_like()
    for step in circuit.data:
        a, b = (*step.qubits, None)[:2]
        if step.operation.name == "swap":
            for _ in range(CX_OF_SWAP):
                unswapped.cx(a, b)
        else:
            unswapped.append(step)
    return Counts(
        two_qubit_gates=unswapped.num_nonlocal_gates(),
        depth=unswapped.depth(),
        depth_without_rz=unswapped.depth(lambda step: step.operation.name != "rz"),
        two_qubit_depth=unswapped.depth(lambda step: step.operation.num_qubits > 1),
    )


def complaint(circuit, coupling: CouplingMap, basis: list[str]) -> str:
    """What in a compiled circuit is not of the basis, or not on the map; nothing if all is."""
    if circuit.num_qubits > coupling.qubit_count:
        return f"{circuit.num_qubits} qubits on a map of {coupling.qubit_count}"
    index = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    for step in circuit.data:
        name = step.operation.name
        if name not in basis and OTHER_NAMES.get(name) not in basis:
            return f"{name} is not of the basis"
        qubits = [index[qubit] for qubit in step.qubits]
        if len(qubits) == 2 and not coupling.couples(*qubits):
            return f"{name} on {qubits[0]} and {qubits[1]}, which are not coupled"
    return ""
