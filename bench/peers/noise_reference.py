"""What circuits with noise give exactly on few qubits: plain NumPy, gate by gate, on the density matrix, in double precision."""

from __future__ import annotations

import numpy as np

from batch_reference import apply, bit
from templates import Template


def probabilities(template: Template, row: np.ndarray, rate: float) -> np.ndarray:
    """Of every basis state, read without errors."""
    n = template.qubit_count
    state = np.zeros((1 << n, 1 << n), complex)
    state[0, 0] = 1
    for step in template.steps:
        angles = [row[index] for index in step.parameters]
        state = depolarized(conjugated(state, lambda column: apply(column, step, angles)), step.qubits, rate)
    return state.diagonal().real


def conjugated(state: np.ndarray, gate) -> np.ndarray:
    """UρU†."""
    left = np.array([gate(column) for column in state.T]).T
    return np.array([gate(column) for column in left.conj()]).conj()


def depolarized(state: np.ndarray, qubits: tuple[int, ...], rate: float) -> np.ndarray:
    """(1 − λ)·ρ + λ·Tr(ρ)·I/2ᵏ on some qubits."""
    n = len(state).bit_length() - 1
    mixed = state
    for qubit in qubits:
        flipped = np.arange(1 << n) ^ (1 << qubit)
        equal = bit(n, qubit)[:, None] == bit(n, qubit)[None, :]
        mixed = np.where(equal, (mixed + mixed[flipped][:, flipped]) / 2, 0)
    return (1 - rate) * state + rate * mixed


def misread(exact: np.ndarray, errors: tuple[tuple[float, float], ...]) -> np.ndarray:
    """The probabilities of what is read, with the same error of each qubit."""
    n = len(exact).bit_length() - 1
    tensor = exact.reshape([2] * n)
    for axis in range(n):
        tensor = np.moveaxis(np.tensordot(np.array(errors), tensor, axes=(0, axis)), 0, axis)
    return tensor.reshape(-1)


def z_values(exact: np.ndarray) -> np.ndarray:
    """The expectation values of all strings of Z but the identity: string number m has Z where m has a bit."""
    states = np.arange(len(exact))
    return np.array([exact @ (1 - 2 * (np.bitwise_count(states & mask) % 2).astype(float)) for mask in states[1:]])
