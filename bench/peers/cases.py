"""The batches on which ketwork and its peers are compared, and their goals."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One template with so many rows of parameters, and what is wanted of each row."""

    work: str  # values, gradient or samples; with noise density, trajectories or noisy-values
    ansatz: str
    layers: int
    qubits: int
    rows: int
    shots: int = 0  # of each row
    goals: dict[str, float] = field(default_factory=dict, compare=False)  # by precision: the time of the best peer over that of ketwork


def both(ratio: float) -> dict[str, float]:
    """The same goal in both precisions."""
    return {"single": ratio, "double": ratio}


RY_RING_GOALS = {4: {"single": 20, "double": 12}, 8: {"single": 20, "double": 12}, 12: {"single": 10, "double": 6}}
GRADIENT_GOALS = {8: (1000, 20), 12: (100, 10), 16: (1, 3), 20: (1, 3)}  # rows and ratio

CASES = [
    *(Case("values", "ry-ring", 3, qubits, 1_000) for qubits in RY_RING_GOALS),
    *(Case("values", "ry-ring", 3, qubits, 10_000, goals=goals) for qubits, goals in RY_RING_GOALS.items()),
    *(Case("values", "u3-cz-rzz", 4, qubits, 1_000, goals=both(10)) for qubits in (6, 10, 14)),
    *(Case("gradient", "ry-ring", 4, qubits, rows, goals=both(ratio)) for qubits, (rows, ratio) in GRADIENT_GOALS.items()),
    Case("samples", "ry-ring", 3, 8, 100_000, shots=1_000, goals=both(20)),
]
WORKS = list(dict.fromkeys(case.work for case in CASES))

# Circuits with noise (`noise.py`): of trajectories the rows are these, of a density matrix there is one run.
NOISE_CASES = [
    *(Case("density", "u-ring", 8, qubits, 1, shots=1_000, goals=both(3)) for qubits in (8, 10, 12)),
    *(Case("trajectories", "u-ring", 8, qubits, 1_000, goals=both(5)) for qubits in (12, 16, 20)),
    Case("noisy-values", "u-ring", 3, 4, 10_000, goals=both(20)),
]
NOISE_WORKS = list(dict.fromkeys(case.work for case in NOISE_CASES))
NOISE_RATE = 1e-3  # the strength of depolarizing after each gate
MISREADING = ((0.98, 0.02), (0.03, 0.97))  # of density matrices' qubits: how often 0 and 1 are read as 0 and 1
