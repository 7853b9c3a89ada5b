"""What ketwork makes of a batch, by `ketwork run`, and how long it takes, by `ketwork bench`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

import templates
from adapters import SEED
from cases import Case
from process import Ketwork
from templates import Template

COMMANDS = {"values": "batch", "samples": "batch", "gradient": "gradient"}


def figures(ketwork: Ketwork, case: Case, repetitions: int) -> tuple[str, list[float]]:
    """The processor, and the seconds of each repetition."""
    shots = ["--shots", case.shots] if case.shots else []
    text = ketwork.run(
        "bench", COMMANDS[case.work], "--ansatz", case.ansatz, "--layers", case.layers, "--qubits", case.qubits,
        "--rows", case.rows, *shots, "--repetitions", repetitions, "--json",
    )  # fmt: skip
    device = json.loads(text)["devices"][0]
    return device["name"], device["batches"][0]["seconds"]


def results(ketwork: Ketwork, template: Template, work: str, shots: int, row_count: int, folder: Path) -> np.ndarray:
    """The results of a template's first rows, as the peers' adapters give theirs."""
    rows, output = folder / "rows.npy", folder / "results.npz"
    np.save(rows, template.rows(row_count))
    command = ["run", templates.write(folder, template), "--parameters", rows]
    if work == "samples":
        runs = json.loads(ketwork.run(*command, "--shots", shots, "--seed", SEED, "--json"))
        return np.array([counted(run["counts"], template.qubit_count) for run in runs])
    n = template.qubit_count
    labels = ["I" * (n - 1 - qubit) + "Z" + "I" * qubit for qubit in range(n)]  # the last letter is qubit 0's
    wanted = [" + ".join(labels)] if work == "gradient" else labels
    observables = [argument for label in wanted for argument in ("--observable", label)]
    gradient = ["--gradient", "adjoint"] if work == "gradient" else []
    ketwork.run(*command, *observables, *gradient, "--output", output)
    with np.load(output) as arrays:
        return arrays["gradients"][:, 0] if work == "gradient" else arrays["values"]


def counted(counts: dict[str, int], qubit_count: int) -> np.ndarray:
    """Counts by bit string, as numbers by basis state."""
    found = np.zeros(1 << qubit_count, int)
    for state, count in counts.items():
        found[int(state, 2)] = count
    return found
