"""Circuits of error mitigation compiled for a device by `ketwork transpile`, with their exact values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import circuits
import mitigation_circuits
from mitigation_ketwork import METHOD
from process import Failed, Ketwork

LAYERS = {"random": 4, "mirror": 2}  # a mirror has its layers twice; on six qubits γ² stays below a few hundred
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Compiled:
    """A circuit on a device's qubits, and a string of I and Z on the same."""

    path: Path
    device: str
    family: str
    qubits: int
    seed: int
    label: str
    ideal: float
    two_qubit_gates: int


class Compiler:
    """Makes circuits and compiles them."""

    def __init__(self, ketwork: Ketwork, folder: Path) -> None:
        self.ketwork, self.folder = ketwork, folder
        models = json.loads(ketwork.call("device-models", "--json"))
        self.sizes = {model["name"]: model["qubits"] for model in models}

    def compiled(self, device: str, family: str, qubits: int, seed: int) -> Compiled:
        """A circuit for a device. What comes out has to have the value that went in."""
        circuit = mitigation_circuits.build(family, qubits, seed, LAYERS[family], is_parted=True)
        source = self.folder / f"{family}-{qubits}-{seed}.qasm"
        source.write_text(circuits.to_qasm(circuit))
        probabilities = np.array(self.result(source, "--probabilities")["probabilities"])
        label = mitigation_circuits.observable(family, probabilities)
        ideal = float(probabilities @ mitigation_circuits.signs(label))
        path = self.folder / f"{source.stem}-{device}.qasm"
        report = json.loads(self.ketwork.call("transpile", source, "--device-model", device, "--output", path, "--json"))
        moved = placed(label, report["final_layout"], self.sizes[device])
        value = self.result(path, *METHOD, "--observable", moved)["expectations"][0]["value"]
        if abs(value - ideal) > TOLERANCE:
            raise Failed(f"{path}: the compiled circuit's value is {value}, that of {source} {ideal}")
        return Compiled(path, device, family, qubits, seed, moved, ideal, report["two_qubit_gates"]["after"])

    def result(self, path: Path, *options) -> dict:
        """Without noise."""
        return json.loads(self.ketwork.run("run", path, *options, "--json"))[0]


def placed(label: str, layout: list[int], size: int) -> str:
    """A string on the qubits of a device, where each letter's qubit is in the end; a label's first letter is of the last qubit."""
    letters = ["I"] * size
    for letter, place in zip(reversed(label), layout):
        letters[size - 1 - place] = letter
    return "".join(letters)
