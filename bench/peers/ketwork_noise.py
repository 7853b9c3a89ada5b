"""What ketwork makes of circuits with noise, and how long it takes, by `ketwork run`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

import templates
from adapters import SEED
from cases import MISREADING, Case
from process import Ketwork
from templates import Template

METHODS = {"density": "density-matrix", "trajectories": "statevector"}


class NoisyRun:
    """One circuit, or all rows of a template, ready to run."""

    def __init__(self, ketwork: Ketwork, case: Case, rate: float, folder: Path) -> None:
        self.ketwork, self.case, self.folder = ketwork, case, folder
        template = templates.build(case.ansatz, case.layers, case.qubits)
        self.model = folder / "noise.json"
        self.model.write_text(json.dumps(model(rate, case.work == "density")))
        self.circuit = folder / "circuit.qasm"
        if case.work == "noisy-values":
            self.circuit.write_text(templates.to_qasm(template))
        else:
            self.circuit.write_text(templates.to_qasm(template, template.rows(1)[0]))
        self.template = template

    def shots(self, count: int) -> tuple[np.ndarray, float]:
        """The basis states of shots, and the seconds of planning and running that the result names."""
        text = self.ketwork.run(
            "run", self.circuit, "--noise", self.model, "--method", METHODS[self.case.work], "--shots", count, "--seed", SEED, "--json",
        )  # fmt: skip
        result = json.loads(text)[0]
        states = np.repeat([int(state, 2) for state in result["counts"]], list(result["counts"].values()))
        return states, result["seconds"]["compile"] + result["seconds"]["execute"]

    def values(self, row_count: int) -> tuple[np.ndarray, float]:
        """The values of all strings of Z, and the seconds of the whole process, files included."""
        rows, output = self.folder / "rows.npy", self.folder / "values.npz"
        np.save(rows, self.template.rows(row_count))
        labels = [z_label(self.case.qubits, mask) for mask in range(1, 1 << self.case.qubits)]
        observables = [argument for label in labels for argument in ("--observable", label)]
        start = time.perf_counter()
        self.ketwork.run("run", self.circuit, "--noise", self.model, "--parameters", rows, *observables, "--output", output)
        seconds = time.perf_counter() - start
        with np.load(output) as arrays:
            return arrays["values"], seconds

    def measure(self) -> tuple[np.ndarray, float]:
        """What all shots or rows of the case give, and the seconds."""
        return self.values(self.case.rows) if self.case.work == "noisy-values" else self.shots(self.case.shots or self.case.rows)


def z_label(qubit_count: int, mask: int) -> str:
    """Z where the mask has a bit, the highest qubit first."""
    return "".join("Z" if mask >> qubit & 1 else "I" for qubit in reversed(range(qubit_count)))


def model(rate: float, misreads: bool) -> dict:
    """Depolarizing after each U, as OpenQASM 3 calls it, and cx."""
    one = {"gates": ["U"], "channels": [{"type": "depolarizing", "strength": rate}]}
    two = {"gates": ["cx"], "channels": [{"type": "depolarizing", "strength": rate, "qubit_count": 2}]}
    readout = {"readout": [{"probabilities": MISREADING}]} if misreads else {}
    return {"version": 1, "gates": [one, two]} | readout
