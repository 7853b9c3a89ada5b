"""What a task of `broker.py` does: circuits on four qubits, one angle and one expectation value each.

The circuit is the one of `ketwork bench broker`: ry(t) on each qubit, a chain of cx, rz(t) on each qubit; the value is that of ZZZZ,
which is cos² t. Workers of every peer import this module, and nothing of it depends on a peer.
"""

from __future__ import annotations

import math

import numpy as np

QUBITS = 4
STEP = 1e-4  # between the angles of neighbouring circuits
SEQUENCE = 2**20  # circuits, after which the angles begin again
TOLERANCE = 1e-10
TEMPLATE = "\n".join(
    ["OPENQASM 3.0;", 'include "stdgates.inc";', "input angle t;", f"qubit[{QUBITS}] q;"]
    + [f"ry(t) q[{qubit}];" for qubit in range(QUBITS)]
    + [f"cx q[{qubit}], q[{qubit + 1}];" for qubit in range(QUBITS - 1)]
    + [f"rz(t) q[{qubit}];" for qubit in range(QUBITS)]
)


def simulate(angles):
    """The values of a row of circuits, gate by gate for all of them at once; of one circuit if it is given a number."""
    if isinstance(angles, float):
        return float(values(np.array([angles]))[0])
    return values(angles)


def nothing(angles):
    """An array of the right size at once: what the peer itself costs, and less than anyone can compute."""
    return 0.0 if isinstance(angles, float) else np.zeros(len(angles))


BODIES = {"simulate": simulate, "nothing": nothing}


def values(angles: np.ndarray) -> np.ndarray:
    """⟨ZZZZ⟩ of each row; axes of the state are the qubits, highest first, and the rows."""
    state = np.zeros((2,) * QUBITS + (len(angles),), complex)
    state[(0,) * QUBITS] = 1
    cosine, sine, phase = np.cos(angles / 2), np.sin(angles / 2), np.exp(0.5j * angles)
    for qubit in range(QUBITS):
        zero, one = halves(state, qubit)
        zero[...], one[...] = cosine * zero - sine * one, sine * zero + cosine * one
    for qubit in range(QUBITS - 1):
        zero, one = halves(halves(state, qubit)[1], qubit + 1)  # whose axis stands before the one that is gone
        zero[...], one[...] = one.copy(), zero.copy()
    for qubit in range(QUBITS):
        zero, one = halves(state, qubit)
        zero *= phase.conj()
        one *= phase
    weights = (state.real**2 + state.imag**2).reshape(2**QUBITS, -1)
    return SIGNS @ weights


def halves(state: np.ndarray, qubit: int) -> tuple[np.ndarray, np.ndarray]:
    """The amplitudes in which a qubit is 0 and 1, as views."""
    front = (slice(None),) * (QUBITS - 1 - qubit)
    return state[front + (0,)], state[front + (1,)]


SIGNS = np.array([(-1.0) ** state.bit_count() for state in range(2**QUBITS)])


def angles_of(first: int, count: int):
    """The angles of so many circuits: a number of a single one, else an array."""
    first %= SEQUENCE
    return float(first * STEP) if count == 1 else (first + np.arange(count)) * STEP


def is_right(body: str, angles, found) -> bool:
    """Whether a result has the size that is asked for, and the right first and last value if anything was computed."""
    if isinstance(angles, float):
        return isinstance(found, float) and (body == "nothing" or abs(found - math.cos(angles) ** 2) < TOLERANCE)
    if len(found) != len(angles):
        return False
    return body == "nothing" or all(abs(found[row] - math.cos(angles[row]) ** 2) < TOLERANCE for row in (0, -1))
