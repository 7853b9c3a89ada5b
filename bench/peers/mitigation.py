#!/usr/bin/env python3
"""Mitiq's zero-noise extrapolation on small circuits with noise, and ketwork's beside it.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    /tmp/peers/bin/python bench/peers/mitigation.py /tmp/mitigation --json /tmp/mitigation/mitiq.json
    /tmp/peers/bin/python bench/peers/mitigation.py /tmp/mitigation --qubits 4 --count 3 --scale-factors 1 2 3
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/mitigation.py /tmp/mitigation --ketwork .build/release/ketwork --shots 100000

Random circuits, and mirrors, which undo what they did, on 4 to 6 qubits, with depolarizing after each gate. Each is written into the folder as
OpenQASM, beside `noise.json`, the noise as Qiskit Aer writes it, so that others run the very same:

    ketwork run /tmp/mitigation/mirror-4-1.qasm --noise /tmp/mitigation/noise.json --method density-matrix --observable ZZZZ

The observable of a mirror is Z on every qubit, whose ideal value is 1; that of a random circuit the string of Z and I whose ideal value is the
largest one. Mitiq folds the whole circuit (`fold_global`) or gates drawn at random (`fold_gates_at_random`), and extrapolates by a line, by
Richardson's polynomial through all points, and by an exponential to 0, which is where depolarizing leads. At odd scale factors both kinds of folding
are without choice: each gate, or the circuit, is undone and done again so often. All values of Mitiq are those of Cirq's density matrix, whose noisy
ones have to be Aer's to 1e-9. Its exponential is fitted to the values, as ketwork's is, and not to their logarithms, which is its default.

With --ketwork, `ketwork run --mitigation zne` gives its exact values of the same circuits, factors, foldings and fits. By how much each lowers the
mean error has a 95 % bootstrap interval over the circuits; it ends with 1 if one is below 2. At other than odd factors each side draws gates of its own
for local folding; for global folding Mitiq takes those of the last moments, ketwork the last ones of the file; so values may differ. With --shots
ketwork gives, too, what it extrapolates from means over shots.
"""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import json
import statistics
import sys
import warnings
from pathlib import Path

import numpy as np

import circuits
import mitigation_circuits
import mitigation_comparison
from mitigation_comparison import Extrapolation
from mitigation_ketwork import NoisyKetwork
from mitigation_statistics import RESAMPLES, SEED
from process import Failed, Ketwork

TOLERANCE = 1e-9
FACTORIES = {"linear": {}, "richardson": {}, "exponential": {"asymptote": 0.0, "avoid_log": True}}
FOLDINGS = ("fold_global", "fold_gates_at_random")


class Mitiq:
    """Folding and extrapolation of one observable's value."""

    def __init__(self, rate: float, scale_factors: list[float], seed: int) -> None:
        import cirq
        from mitiq import zne

        self.rate, self.scale_factors, self.zne = rate, scale_factors, zne
        self.simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
        scaling = zne.scaling
        self.foldings = {
            "fold_global": scaling.fold_global,
            "fold_gates_at_random": functools.partial(scaling.fold_gates_at_random, seed=seed),
        }

    def factory(self, name: str):
        kinds = {"linear": "LinearFactory", "richardson": "RichardsonFactory", "exponential": "ExpFactory"}
        return getattr(self.zne.inference, kinds[name])(scale_factors=self.scale_factors, **FACTORIES[name])

    def value(self, circuit, diagonal: np.ndarray, rate: float) -> float:
        """Of a circuit of Cirq, at a rate of noise."""
        return float(self.probabilities(circuit, rate) @ diagonal)

    def probabilities(self, circuit, rate: float) -> np.ndarray:
        """Of all basis states. Cirq's first qubit is the most significant one, so its last comes first here."""
        noisy = mitigation_circuits.with_noise(circuit, rate)
        matrix = self.simulator.simulate(noisy, qubit_order=sorted(circuit.all_qubits(), reverse=True)).final_density_matrix
        return np.real(np.diag(matrix))

    def mitigated(self, circuit, diagonal: np.ndarray) -> dict[str, dict[str, float]]:
        """By folding and extrapolation; the values at each scale are computed once."""
        found = {}
        for folding, scale in self.foldings.items():
            points = [self.value(scale(circuit, factor), diagonal, self.rate) for factor in self.scale_factors]
            found[folding] = {"points": points}
            for name in FACTORIES:
                found[folding][name] = self.extrapolated(name, points)
        return found

    def extrapolated(self, name: str, points: list[float]) -> float:
        """Values at the scale factors continued to no noise."""
        factory = self.factory(name)
        for factor, point in zip(self.scale_factors, points):
            factory.push({"scale_factor": factor}, point)
        return float(factory.reduce())


def record(mitiq: Mitiq, folder: Path, family: str, qubits: int, seed: int, noise) -> dict:
    """Everything about one circuit, whose file it writes."""
    circuit = mitigation_circuits.build(family, qubits, seed)
    path = folder / f"{family}-{qubits}-{seed}.qasm"
    path.write_text(circuits.to_qasm(circuit))
    theirs = mitigation_circuits.to_cirq(circuit)
    label = mitigation_circuits.observable(family, mitiq.probabilities(theirs, 0))
    diagonal = mitigation_circuits.signs(label)
    noisy = mitiq.value(theirs, diagonal, mitiq.rate)
    if (error := abs(noisy - aer_value(path, label, noise))) > TOLERANCE:
        raise SystemExit(f"{path}: Cirq's noisy value is off Aer's by {error:.1e}")
    return {
        "file": path.name,
        "family": family,
        "qubits": qubits,
        "seed": seed,
        "gates": len(circuit.gates),
        "two_qubit_gates": sum(len(each.qubits) == 2 for each in circuit.gates),
        "observable": label,
        "ideal": mitiq.value(theirs, diagonal, 0),
        "noisy": noisy,
        "mitigated": mitiq.mitigated(theirs, diagonal),
    }


def aer_value(path: Path, label: str, noise) -> float:
    """Of the file that others read."""
    from qiskit.quantum_info import Pauli
    from qiskit_aer import AerSimulator

    from compilation_counts import parsed

    circuit = parsed(path.read_text())
    circuit.save_expectation_value(Pauli(label), range(len(label)), label="value")
    simulator = AerSimulator(method="density_matrix", noise_model=noise, fusion_enable=False, max_parallel_threads=1)
    return float(simulator.run(circuit).result().data()["value"])


def table(records: list[dict]) -> str:
    """Mean errors by family and qubits, and by how much each way lowers that of the noisy values."""
    ways = [(folding, name) for folding in FOLDINGS for name in FACTORIES]
    lines = [f"{'mean error of the value':27}" + "".join(f"{folding.removeprefix('fold_'):>17}" for folding, _ in ways)]
    lines.append(f"{'family':8}{'qubits':>7}{'noisy':>12}" + "".join(f"{name:>17}" for _, name in ways))
    groups = dict.fromkeys((each["family"], each["qubits"]) for each in records)
    for family, qubits in groups:
        group = [each for each in records if (each["family"], each["qubits"]) == (family, qubits)]
        noisy = statistics.mean(abs(each["noisy"] - each["ideal"]) for each in group)
        line = f"{family:8}{qubits:7}{noisy:12.2e}"
        for folding, name in ways:
            error = statistics.mean(abs(each["mitigated"][folding][name] - each["ideal"]) for each in group)
            line += f"{error:10.2e}{f'/{noisy / error:.0f}':>7}"
        lines.append(line)
    return "\n".join(lines)


def main() -> int:
    options = parsed_options()
    warnings.filterwarnings("ignore")
    options.folder.mkdir(parents=True, exist_ok=True)
    noise = mitigation_circuits.aer_noise(options.rate)
    (options.folder / "noise.json").write_text(json.dumps(noise.to_dict(serializable=True)))
    mitiq = Mitiq(options.rate, options.scale_factors, options.seed)
    ours = extrapolation(options)
    records = []
    for family in options.families:
        for qubits in options.qubits:
            for seed in range(options.seed, options.seed + options.count):
                print(f"{family} on {qubits} qubits, seed {seed}", file=sys.stderr)
                records.append(record(mitiq, options.folder, family, qubits, seed, noise))
                if ours:
                    extend(ours, records[-1], options.seed + len(records) - 1)
    versions = {name: importlib.metadata.version(name) for name in ("mitiq", "cirq-core", "qiskit-aer")}
    print(f"depolarizing {options.rate:g} after each gate, scale factors {options.scale_factors}, {versions}")
    if not ours:
        print(table(records))
    if options.json:
        settings = {"rate": options.rate, "scale_factors": options.scale_factors, "versions": versions}
        options.json.write_text(json.dumps(settings | {"circuits": records}, indent=1))
    return 0 if not ours or verdict(records, options) else 1


def extrapolation(options: argparse.Namespace) -> Extrapolation | None:
    """Ketwork's, if it is wanted."""
    if not options.ketwork:
        return None
    runs = NoisyKetwork(Ketwork(options.ketwork, "double", 1), "--noise", options.folder / "noise.json")
    return Extrapolation(runs, options.folder, options.scale_factors, options.shots)


def extend(ours: Extrapolation, record: dict, seed: int) -> None:
    """Adds ketwork's values, or ends."""
    try:
        ours.extend(record, seed)
    except Failed as error:
        raise SystemExit(str(error)) from error


def verdict(records: list[dict], options: argparse.Namespace) -> bool:
    """Prints what ketwork gives beside Mitiq; says whether it meets the goal."""
    text, is_met = mitigation_comparison.comparison(records)
    print(f"\nexact values; intervals from {RESAMPLES:,} resamples of the circuits, seed {SEED}\n{text}")
    if options.shots:
        print(f"\n{options.shots:,} shots a scale factor, seeds from {options.seed} on\n{mitigation_comparison.shot_table(records)}")
    return is_met


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for circuits and noise, made where there is none")
    parser.add_argument("--families", nargs="+", choices=mitigation_circuits.LAYERS, default=list(mitigation_circuits.LAYERS))
    parser.add_argument("--qubits", nargs="+", type=int, default=[4, 5, 6])
    parser.add_argument("--count", type=int, default=20, help="circuits of each family and size")
    parser.add_argument("--seed", type=int, default=1, help="of the first; the others follow")
    parser.add_argument("--rate", type=float, default=1e-3, help="of depolarizing, as Qiskit Aer counts it")
    parser.add_argument("--scale-factors", nargs="+", type=float, default=[1, 3, 5])
    parser.add_argument("--json", type=Path, help="all values")
    parser.add_argument("--ketwork", type=Path, help="the executable, to compare")
    parser.add_argument("--shots", type=int, help="a scale factor, with --ketwork")
    options = parser.parse_args()
    if options.shots and not options.ketwork:
        parser.error("--shots: --ketwork is needed, which draws them")
    return options


if __name__ == "__main__":
    sys.exit(main())
