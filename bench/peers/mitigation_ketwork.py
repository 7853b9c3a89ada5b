"""What ketwork makes of circuits with noise and mitigation, by `ketwork run`."""

from __future__ import annotations

import json
from pathlib import Path

import mitigation_circuits
from process import Ketwork

METHOD = ("--method", "density-matrix")


class NoisyKetwork:
    """The binary with one kind of noise, `--noise FILE` or `--device-model NAME`, and a seed of what is drawn for one circuit."""

    def __init__(self, ketwork: Ketwork, *noise, seed: int = 1) -> None:
        self.ketwork, self.noise, self.seed = ketwork, noise, seed

    def seeded(self, seed: int) -> NoisyKetwork:
        """The same with another seed, so that what is drawn for one circuit tells nothing of another's."""
        return NoisyKetwork(self.ketwork, *self.noise, seed=seed)

    def expectation(self, circuit: Path, label: str, *options) -> dict:
        """A string's value, and what a technique made of it if the options name one."""
        text = self.ketwork.run("run", circuit, *self.noise, *METHOD, "--observable", label, "--seed", self.seed, *options, "--json")
        return json.loads(text)[0]["expectations"][0]

    def mitigated(self, circuit: Path, label: str, *options) -> float:
        """The value that a technique gives."""
        return self.expectation(circuit, label, "--mitigation", *options)["mitigated"]["value"]

    def shot_means(self, circuits: list[Path], label: str, shots: int) -> list[float]:
        """The mean over shots of a string of I and Z, of each circuit."""
        text = self.ketwork.run("run", *circuits, *self.noise, *METHOD, "--shots", shots, "--seed", self.seed, "--json")
        return [mean(result["counts"], label) for result in json.loads(text)]


def mean(counts: dict[str, int], label: str) -> float:
    """Of a string of I and Z over counts of all qubits, whose first letter and bit are those of the last qubit."""
    signs = mitigation_circuits.signs(label)
    return float(sum(signs[int(bits, 2)] * count for bits, count in counts.items()) / sum(counts.values()))
