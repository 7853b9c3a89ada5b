#!/usr/bin/env python3
"""Compares the noise models that ketwork makes of calibrations with those that Qiskit Aer makes of the same figures.

    swift build --product ketwork
    python bench/device-models/compare.py [--ketwork .build/debug/ketwork] [NAME…]

For each device the figures of the shipped calibration are put into the target of the backend that they come from, so that both sides start
from the same rounded numbers; then each channel of Aer's `NoiseModel.from_backend` is compared with the channels that ketwork puts after
the same gate on the same qubits, as superoperators. Readout errors are compared with those of Aer's
`basic_device_readout_errors`, and the relaxations of delays with T1 and T2.

What is also printed: how far the channels are from those of the figures as they were before rounding.

Exits with 1 if anything differs by more than TOLERANCE, or one side has noise where the other has none.
"""

import argparse
import copy
import json
import pathlib
import re
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import qiskit_ibm_runtime.fake_provider as fake  # noqa: E402
from qiskit.quantum_info import Kraus, Operator, Pauli, SuperOp  # noqa: E402
from qiskit.transpiler import InstructionProperties, QubitProperties  # noqa: E402
from qiskit_aer.noise.device.models import basic_device_gate_errors, basic_device_readout_errors  # noqa: E402

from make import DEVICES, FOLDER, NO_GATES  # noqa: E402

TOLERANCE = 1e-9
# Entries of superoperators where only the rounding of figures to five digits tells the two apart.
ROUNDING = 1e-4


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ketwork", default=".build/debug/ketwork")
    arguments.add_argument(
        "--reference", action="append", default=[], metavar="GATE:QUBIT,…", help="print figures of Aer's channel, as the tests have them"
    )
    arguments.add_argument("names", nargs="*", metavar="NAME")
    options = arguments.parse_args()
    failed = [name for name in options.names or DEVICES if not Comparison(name, options).passed()]
    if failed:
        sys.exit(f"differ: {', '.join(failed)}")


class Comparison:
    def __init__(self, name, options):
        self.name, self.options = name, options
        self.backend = getattr(fake, DEVICES[name])()
        self.calibration = calibration(name)
        text = subprocess.run([options.ketwork, "device-models", "--noise-model", name], check=True, capture_output=True, text=True).stdout
        self.model = json.loads(text)
        self.rules = {}
        for entry in self.model["gates"]:
            for gate in entry["gates"]:
                for qubits in entry["qubits"]:
                    self.rules.setdefault((gate, tuple(qubits)), []).extend(entry["channels"])

    def passed(self):
        rounded, exact = gate_errors(self.target()), gate_errors(self.backend.target)
        worst, furthest, problems = 0.0, 0.0, []
        for place, expected in rounded.items():
            found = self.superoperator(*place)
            worst = max(worst, distance(found, expected))
            furthest = max(furthest, distance(found, exact[place]))
        listed = {place for gate, places in figures(self.calibration).items() for place in ((gate, qubits) for qubits in places)}
        problems += [f"Aer has no noise on {place}" for place in self.rules if place in listed and place not in rounded and place[0] not in EXTRA]
        readout, readout_places = self.readout_distance()
        relaxation = self.relaxation_distance()
        fine = max(worst, readout, relaxation) <= TOLERANCE and furthest <= ROUNDING and not problems
        print(
            f"{self.name:11} {len(rounded):5} gates, max |ΔS| {worst:.1e} (unrounded figures {furthest:.1e}); "
            f"{readout_places:3} readout errors, max |Δp| {readout:.1e}; delays {relaxation:.1e}; {'passed' if fine else 'FAILED'}"
        )
        for problem in problems:
            print(f"  {problem}")
        for reference in self.options.reference:
            gate, qubits = reference.split(":")
            self.print_reference(rounded, gate, tuple(map(int, qubits.split(","))))
        return fine

    def target(self):
        """The backend's target with the figures of the shipped calibration."""
        target = copy.deepcopy(self.backend.target)
        columns = {name: column(values, target.num_qubits) for name, values in self.calibration["qubits"].items()}
        target.qubit_properties = [QubitProperties(t1=t1, t2=t2) for t1, t2 in zip(columns["t1"], columns["t2"])]
        for gate, places in figures(self.calibration).items():
            for qubits in target[gate] if gate in target.operation_names else []:
                error, duration = places.get(qubits) or places[qubits[::-1]]
                target.update_instruction_properties(gate, qubits, InstructionProperties(duration=duration, error=error))
        return target

    def superoperator(self, gate, qubits):
        """Of all channels after a gate, the first of its qubits least significant."""
        size = 2 ** len(qubits)
        result = SuperOp(np.eye(size * size))
        for channel in self.rules.get((gate, qubits), []):
            places = list(range(len(qubits))) if "on" not in channel else [channel["on"]]
            result = result.compose(SuperOp(Kraus(operators(channel))), qargs=places)
        return result.data

    def readout_distance(self):
        columns = {name: column(values, self.calibration["qubit_count"]) for name, values in self.calibration["qubits"].items()}
        found = {tuple(entry["qubits"]): np.array(entry["probabilities"]) for entry in self.model["readout"]}
        expected = {tuple(qubits): error.probabilities for qubits, error in basic_device_readout_errors(self.backend.properties())}
        if found.keys() != expected.keys():
            return np.inf, len(expected)
        worst = 0.0
        for (qubit,), table in expected.items():
            # Aer's from the figures as they were; the shipped ones are rounded.
            rounded = [columns["zero_as_one"][qubit], columns["one_as_zero"][qubit]]
            if max(abs(table[0][1] - rounded[0]), abs(table[1][0] - rounded[1])) > ROUNDING:
                return np.inf, len(expected)
            worst = max(worst, *np.abs(found[(qubit,)][[0, 1], [1, 0]] - rounded))
        return worst, len(expected)

    def relaxation_distance(self):
        columns = {name: column(self.calibration["qubits"][name], self.calibration["qubit_count"]) for name in ("t1", "t2")}
        found = {entry["qubit"]: (entry["t1"], entry["t2"]) for entry in self.model["relaxation"]}
        worst = 0.0
        for qubit, (t1, t2) in enumerate(zip(columns["t1"], columns["t2"])):
            if t1 is None:
                continue
            expected = np.array([t1, 2 * t1 if t2 is None else min(t2, 2 * t1)])
            worst = max(worst, *np.abs(np.array(found[qubit]) / expected - 1))
        return worst

    def print_reference(self, errors, gate, qubits):
        """Of Aer's superoperator the trace, what of |1…1⟩ ends in |0…0⟩, and what is left of the first qubit's coherence."""
        matrix = errors[gate, qubits]
        figures = [np.trace(matrix).real, matrix[0, -1].real, abs(matrix[1, 1])]
        print(f'    ("{self.name}", "{gate}", {list(qubits)}, {", ".join(repr(float(figure)) for figure in figures)}),')


# Gates that ketwork's calibrations have and the targets of the backends do not.
EXTRA = {"rx", "rzz"}


def gate_errors(target):
    errors = basic_device_gate_errors(target=target)
    return {(gate, tuple(qubits)): SuperOp(error).data for gate, qubits, error in errors if gate not in NO_GATES}


def calibration(name):
    text = (FOLDER / f"DeviceModel+{name.capitalize()}.swift").read_text()
    return json.loads(re.search(r'#"""\n(.*)\n *"""#', text, re.DOTALL).group(1))


def figures(calibration):
    """Gate: {qubits: (error, duration)}."""
    result = {}
    for entry in calibration["gates"]:
        places = [tuple(place) for place in entry.get("qubits", [[qubit] for qubit in range(calibration["qubit_count"])])]
        values = list(zip(column(entry.get("errors"), len(places)), column(entry.get("durations"), len(places))))
        for gate in entry["gates"]:
            result.setdefault(gate, {}).update(zip(places, values))
    return result


def column(values, count):
    return values if isinstance(values, list) else [values] * count


def operators(channel):
    if channel["type"] == "pauli":
        return [np.sqrt(p) * Operator(Pauli(label)).data for label, p in channel["probabilities"].items()]
    return [np.array([[complex(*entry) for entry in row] for row in matrix]) for matrix in channel["operators"]]


def distance(a, b):
    return float(np.abs(a - b).max())


if __name__ == "__main__":
    main()
