"""What a row of a batch gives exactly: plain NumPy, gate by gate, in double precision."""

from __future__ import annotations

import math

import numpy as np

from templates import Step, Template


def values(template: Template, row: np.ndarray) -> np.ndarray:
    """⟨Z⟩ of every qubit."""
    return signs(template.qubit_count) @ probabilities(template, row)


def gradient(template: Template, row: np.ndarray) -> np.ndarray:
    """The derivatives of the sum of all ⟨Z⟩ by every parameter.

    With |λ⟩ = Σ Z |ψ⟩ taken back through the circuit beside |ψ⟩, a rotation exp(−iθG/2) has the derivative Im ⟨λ|G|ψ⟩ just behind it
    (Jones and Gacon, arXiv:2009.02823).
    """
    state = final_state(template, row)
    covector = state * signs(template.qubit_count).sum(axis=0)
    found = np.zeros(template.parameter_count)
    for step in reversed(template.steps):
        if step.parameters:
            if step.name != "ry":
                raise ValueError(f"the gradient of {step.name} is not defined here; only that of ry is")
            generated = one_qubit(state, np.array([[0, -1], [1, 0]]), step.qubits[0])  # −iY
            found[step.parameters[0]] = np.vdot(covector, generated).real
        angles = [-row[index] for index in step.parameters]
        state, covector = apply(state, step, angles), apply(covector, step, angles)  # ry and cx: the inverse is that of −θ
    return found


def probabilities(template: Template, row: np.ndarray) -> np.ndarray:
    """Of every basis state."""
    return np.abs(final_state(template, row)) ** 2


def signs(qubit_count: int) -> np.ndarray:
    """The eigenvalues of Z on each qubit, a row a qubit."""
    return np.array([1.0 - 2.0 * bit(qubit_count, qubit) for qubit in range(qubit_count)])


def final_state(template: Template, row: np.ndarray) -> np.ndarray:
    """All amplitudes; real numbers where every gate is real."""
    is_real = all(step.name in ("ry", "cx", "cz") for step in template.steps)
    state = np.zeros(1 << template.qubit_count, float if is_real else complex)
    state[0] = 1
    for step in template.steps:
        state = apply(state, step, [row[index] for index in step.parameters])
    return state


def apply(state: np.ndarray, step: Step, angles: list[float]) -> np.ndarray:
    """One gate, as OpenQASM 3 defines it."""
    n = len(state).bit_length() - 1
    match step.name:
        case "ry":
            half = angles[0] / 2
            matrix = np.array([[math.cos(half), -math.sin(half)], [math.sin(half), math.cos(half)]])
            return one_qubit(state, matrix, step.qubits[0])
        case "u":
            return one_qubit(state, u_matrix(*angles), step.qubits[0])
        case "cx":
            control, target = step.qubits
            return state[np.arange(len(state)) ^ (bit(n, control) << target)]
        case "cz":
            return state * (1 - 2 * (bit(n, step.qubits[0]) & bit(n, step.qubits[1])))
        case "rzz":
            parity = bit(n, step.qubits[0]) ^ bit(n, step.qubits[1])
            return state * np.exp(-0.5j * angles[0] * (1 - 2 * parity))
    raise ValueError(f"a gate that no template has: {step.name}")


def one_qubit(state: np.ndarray, matrix: np.ndarray, qubit: int) -> np.ndarray:
    """A 2×2 matrix on one qubit."""
    return np.einsum("ab,xby->xay", matrix, state.reshape(-1, 2, 1 << qubit)).reshape(-1)


def u_matrix(theta: float, phi: float, lam: float) -> np.ndarray:
    """U(θ, φ, λ) up to the global phase."""
    cosine, sine = math.cos(theta / 2), math.sin(theta / 2)
    return np.array([[cosine, -np.exp(1j * lam) * sine], [np.exp(1j * phi) * sine, np.exp(1j * (phi + lam)) * cosine]])


def bit(qubit_count: int, qubit: int) -> np.ndarray:
    """The bit of one qubit in every basis state."""
    return (np.arange(1 << qubit_count) >> qubit) & 1
