#!/usr/bin/env python3
"""Random circuits under random noise models, beside Qiskit Aer's density matrix.

Each circuit has gates of all kinds on 2 to 5 qubits; each model has errors of every kind that Aer has, for all qubits and for some: Pauli, depolarizing,
amplitude and phase damping, thermal relaxation, resets, coherent and Kraus errors, and errors of reading. Ketwork reads what Aer's
NoiseModel.to_dict(serializable=True) gives. Expectation values of Pauli strings and the probabilities of the state are compared to 1e-10 in double
precision; counts of both, of what is read, with ketwork's distribution of outcomes as read: Pearson's statistic, whose bound a right answer passes but
once in 10^6 tests (Laurent and Massart 2000, Lemma 1). Trajectories (method statevector) are compared by their counts in the same way.
"""

import argparse
import json
import logging
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
from qiskit import QuantumCircuit, qasm2
from qiskit.quantum_info import Pauli, random_unitary
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
    kraus_error,
    pauli_error,
    phase_amplitude_damping_error,
    phase_damping_error,
    reset_error,
    thermal_relaxation_error,
)

ONE = ["h", "x", "sx", "t", "rx", "ry", "rz", "u"]
TWO = ["cx", "cz", "rzz", "swap"]
SHOTS = 20_000
TOLERANCE = 1e-10
FALSE_ALARM = 1e-6


def random_circuit(rng: random.Random, qubit_count: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubit_count)
    for _ in range(rng.randint(8, 25)):
        name = rng.choice(ONE + TWO)
        count = 2 if name in TWO else 1
        angles = [rng.uniform(-3, 3) for _ in range({"rx": 1, "ry": 1, "rz": 1, "rzz": 1, "u": 3}.get(name, 0))]
        getattr(circuit, name)(*angles, *rng.sample(range(qubit_count), count))
    return circuit


def random_error(rng: random.Random, count: int):
    p = rng.uniform(0.005, 0.1)
    single = [
        lambda: depolarizing_error(p, 1),
        lambda: pauli_error([("X", p), ("Y", p / 2), ("I", 1 - 1.5 * p)]),
        lambda: amplitude_damping_error(p, rng.uniform(0, 0.4)),
        lambda: phase_damping_error(p),
        lambda: phase_amplitude_damping_error(p, p / 2),
        lambda: thermal_relaxation_error(1.0, rng.uniform(0.5, 1.9), p, rng.uniform(0, 0.3)),
        lambda: reset_error(p, p / 3),
        lambda: coherent_unitary_error(random_unitary(2, seed=rng.randrange(10**9)).power(p).data),
        lambda: kraus_error(random_kraus(rng, 1)),
    ]
    if count == 1:
        return rng.choice(single)()
    double = [
        lambda: depolarizing_error(p, 2),
        lambda: pauli_error([("XX", p), ("IY", p / 2), ("ZI", p / 3), ("II", 1 - 11 * p / 6)]),
        lambda: rng.choice(single)().tensor(rng.choice(single)()),
        lambda: rng.choice(single)().expand(depolarizing_error(p, 1)),
        lambda: kraus_error(random_kraus(rng, 2)),
        lambda: depolarizing_error(p, 2).compose(amplitude_damping_error(p).tensor(phase_damping_error(p))),
    ]
    return rng.choice(double)()


def random_kraus(rng: random.Random, count: int) -> list[np.ndarray]:
    size = 2**count
    isometry = random_unitary(3 * size, seed=rng.randrange(10**9)).data[:, :size]
    return [isometry[size * k : size * (k + 1), :] for k in range(3)]


def random_model(rng: random.Random, qubit_count: int) -> NoiseModel:
    model = NoiseModel()
    for name in rng.sample(ONE, 3):
        model.add_all_qubit_quantum_error(random_error(rng, 1), name)
    for name in rng.sample(TWO, 2):
        model.add_all_qubit_quantum_error(random_error(rng, 2), name)
    special = rng.sample(ONE, 2)
    model.add_quantum_error(random_error(rng, 1), special, [rng.randrange(qubit_count)])
    model.add_quantum_error(random_error(rng, 2), ["cx"], rng.sample(range(qubit_count), 2))
    flip = lambda: rng.uniform(0, 0.15)
    rows = [(1 - a, a, b, 1 - b) for a, b in ((flip(), flip()), (flip(), flip()))]
    model.add_all_qubit_readout_error(ReadoutError([rows[0][:2], rows[0][2:]]))
    model.add_readout_error(ReadoutError([rows[1][:2], rows[1][2:]]), [rng.randrange(qubit_count)])
    return model


class Ketwork:
    """One circuit under one model, run as often as is asked for."""

    def __init__(self, binary: str, folder: pathlib.Path, circuit: QuantumCircuit, model: NoiseModel):
        self.binary = binary
        self.circuit = folder / "circuit.qasm"
        self.noise = folder / "noise.json"
        self.circuit.write_text(qasm2.dumps(circuit))
        self.noise.write_text(json.dumps(model.to_dict(serializable=True)))

    def run(self, *arguments: str) -> dict:
        command = [self.binary, "run", self.circuit, "--noise", self.noise, "--precision", "double", "--seed", "1", "--json", *arguments]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
        parsed = json.loads(done.stdout)
        return parsed[0] if isinstance(parsed, list) else parsed["results"][0]


def chi_square(counts: dict[str, int], probabilities: np.ndarray) -> tuple[float, float]:
    """Pearson's statistic, rare outcomes put together, and the bound that it passes with probability FALSE_ALARM."""
    total = sum(counts.values())
    expected = probabilities * total
    found = np.zeros(len(probabilities))
    for key, count in counts.items():
        found[int(key.replace(" ", ""), 2)] += count
    common = expected >= 5
    cells = [(found[i], expected[i]) for i in np.flatnonzero(common)]
    if (rest := expected[~common].sum()) >= 5:
        cells.append((found[~common].sum(), rest))
    freedom = max(len(cells) - 1, 1)
    x = -math.log(FALSE_ALARM)
    return sum((f - e) ** 2 / e for f, e in cells), freedom + 2 * math.sqrt(freedom * x) + 2 * x


def check(binary: str, seed: int) -> list[str]:
    rng = random.Random(seed)
    qubit_count = rng.randint(2, 5)
    circuit, model = random_circuit(rng, qubit_count), random_model(rng, qubit_count)
    labels = sorted({"".join(rng.choice("IXYZ") for _ in range(qubit_count)) for _ in range(4)})
    exact = circuit.copy()
    exact.save_probabilities()
    for label in labels:
        exact.save_expectation_value(Pauli(label), range(qubit_count), label=f"value {label}")
    simulator = AerSimulator(method="density_matrix", noise_model=model, fusion_enable=False)
    result = simulator.run(exact).result()
    if not result.success:
        raise SystemExit(f"seed {seed}: Aer: {result.status}")
    data = result.data()
    sampled = circuit.copy()
    sampled.measure_all()
    aer_counts = simulator.run(sampled, shots=SHOTS, seed_simulator=seed).result().get_counts()
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        ketwork = Ketwork(binary, pathlib.Path(folder), circuit, model)
        observables = [part for label in labels for part in ("--observable", label)]
        found = ketwork.run("--method", "density-matrix", *observables)
        for label, entry in zip(labels, found["expectations"]):
            error = abs(entry["value"] - data[f"value {label}"])
            if error > TOLERANCE:
                problems.append(f"seed {seed}: value of {label} is off by {error:.1e}")
        read = np.array(ketwork.run("--method", "density-matrix", "--probabilities")["probabilities"])
        state = spread(np.array(data["probabilities"]), model, qubit_count)
        if (error := np.abs(read - state).max()) > TOLERANCE:
            problems.append(f"seed {seed}: a probability is off by {error:.1e}")
        runs = {"Aer": aer_counts}
        for method in ("density-matrix", "statevector"):
            runs[method] = ketwork.run("--method", method, "--shots", str(SHOTS))["counts"]
        for name, counts in runs.items():
            statistic, bound = chi_square(counts, read)
            if statistic > bound:
                problems.append(f"seed {seed}: counts of {name}: {statistic:.1f}, bound {bound:.1f}")
    return problems


def spread(probabilities: np.ndarray, model: NoiseModel, qubit_count: int) -> np.ndarray:
    """The distribution of what is read."""
    tensor = probabilities.reshape([2] * qubit_count)
    for qubit in range(qubit_count):
        error = model._local_readout_errors.get((qubit,), model._default_readout_error)
        if error is None:
            continue
        axis = qubit_count - 1 - qubit
        tensor = np.moveaxis(np.tensordot(np.array(error.probabilities).T, tensor, axes=(1, axis)), 0, axis)
    return tensor.reshape(-1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ketwork", default=".build/release/ketwork", help="the executable")
    parser.add_argument("--circuits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the first circuit; the others follow")
    options = parser.parse_args()
    logging.getLogger("qiskit_aer").setLevel(logging.ERROR)  # an error of some qubits takes the place of that of all: it is meant to
    problems = []
    for seed in range(options.seed, options.seed + options.circuits):
        problems += check(options.ketwork, seed)
    print("\n".join(problems) or f"{options.circuits} circuits agree with Qiskit Aer (seeds from {options.seed} on)")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
