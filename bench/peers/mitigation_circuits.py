"""The circuits on which zero-noise extrapolation is compared, and their noise, in the forms that the sides of the comparison read."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from circuits import Circuit, Gate, gate

INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
WITHOUT_ANGLE = ("h", "x", "s", "sdg", "t", "tdg")
ROTATIONS = ("rx", "ry", "rz")
PAIRS = ("cx", "cz")
LAYERS = {"random": 6, "mirror": 4}  # a mirror has its layers twice


def build(family: str, qubit_count: int, seed: int, layers: int | None = None, is_parted: bool = False) -> Circuit:
    """A layer is a gate on each qubit, then gates on random pairs. A mirror undoes its layers, so that it ends where it began.

    A mirror that is parted has a barrier in the middle, without which a compiler leaves nothing of it.
    """
    random = np.random.default_rng([seed, qubit_count, list(LAYERS).index(family)])
    gates = [each for _ in range(layers or LAYERS[family]) for each in layer(qubit_count, random)]
    if family == "mirror":
        middle = [gate("barrier", *range(qubit_count))] if is_parted else []
        gates += middle + undone(gates)
    return Circuit(qubit_count, tuple(gates))


def layer(qubit_count: int, random: np.random.Generator) -> list[Gate]:
    singles = []
    for qubit in range(qubit_count):
        name = str(random.choice([*WITHOUT_ANGLE, *ROTATIONS * 3]))
        angles = (random.uniform(-math.pi, math.pi),) if name in ROTATIONS else ()
        singles.append(gate(name, qubit, angles=angles))
    order = random.permutation(qubit_count)
    pairs = zip(order[0 : qubit_count - 1 : 2], order[1::2])
    return singles + [gate(str(random.choice(PAIRS)), *pair) for pair in pairs]


def undone(gates: Sequence[Gate]) -> list[Gate]:
    """What undoes gates."""
    return [inverse(each) for each in reversed(gates)]


def inverse(each: Gate) -> Gate:
    return gate(INVERSES.get(each.name, each.name), *each.qubits, angles=tuple(-angle for angle in each.angles))


def aer_noise(rate: float):
    """Depolarizing after each gate, as Qiskit Aer has it: the state of the gate's qubits is lost with this probability."""
    from qiskit_aer.noise import NoiseModel, depolarizing_error

    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(rate, 1), [*WITHOUT_ANGLE, *ROTATIONS])
    model.add_all_qubit_quantum_error(depolarizing_error(rate, 2), list(PAIRS))
    return model


def to_cirq(circuit: Circuit):
    """The circuit on a line of qubits, in Cirq's gates of the same matrices up to a phase."""
    import cirq

    constants = {"h": cirq.H, "x": cirq.X, "s": cirq.S, "sdg": cirq.S**-1, "t": cirq.T, "tdg": cirq.T**-1, "cx": cirq.CNOT, "cz": cirq.CZ}
    rotations = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz}
    line = cirq.LineQubit.range(circuit.qubit_count)
    steps = []
    for each in circuit.gates:
        operation = rotations[each.name](*each.angles) if each.angles else constants[each.name]
        steps.append(operation(*(line[qubit] for qubit in each.qubits)))
    return cirq.Circuit(steps)


def with_noise(circuit, rate: float):
    """A circuit of Cirq with the noise of `aer_noise` after each of its gates; Cirq counts the Pauli strings but the identity alone."""
    import cirq

    steps = []
    for operation in circuit.all_operations():
        count = len(operation.qubits)
        steps += [operation, cirq.depolarize(rate * (1 - 0.25**count), n_qubits=count)(*operation.qubits)]
    return cirq.Circuit(steps)


def signs(label: str) -> np.ndarray:
    """The diagonal of a string of I and Z, whose first letter is of the last qubit."""
    numbers = np.arange(2 ** len(label))
    mask = int(label.replace("I", "0").replace("Z", "1"), 2)
    return 1 - 2.0 * (np.bitwise_count(numbers & mask) % 2)


def observable(family: str, probabilities: np.ndarray) -> str:
    """Z on every qubit for a mirror, whose ideal value is 1, else the string of I and Z, but for the identity, whose ideal value is the largest."""
    qubits = len(probabilities).bit_length() - 1
    if family == "mirror":
        return "Z" * qubits
    labels = [f"{number:0{qubits}b}".replace("0", "I").replace("1", "Z") for number in range(1, 2**qubits)]
    return max(labels, key=lambda label: round(abs(probabilities @ signs(label)), 9))
