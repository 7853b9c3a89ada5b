"""Compares every peer's state, samples and expectation values with ketwork's, so that what is timed is the same everywhere."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

import circuits
from adapters import PEERS, letters
from compare import strings
from process import Failed, Ketwork, PeerProcess

INFIDELITY = {"single": 1e-5, "double": 1e-10}  # 1 − |⟨a|b⟩|² / (⟨a|a⟩⟨b|b⟩)
EXPECTATION_ERROR = {"single": 1e-4, "double": 1e-9}
SHOTS = 20_000
SAMPLING_SIGMAS = 6  # of the frequency of 1 on each qubit, and of an even parity of all
STRINGS = 40
SECONDS = 120


def check(options: argparse.Namespace) -> int:
    """Prints what differs and how many states were compared; 1 if anything differs."""
    complaints, compared = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        references = {}
        for family in options.families:
            for qubits in options.qubits:
                circuit = circuits.write(folder, family, qubits)
                states = {precision: ketwork_state(options, circuit, precision) for precision in ("single", "double")}
                references[circuit] = states["double"]
                complaints += state_complaints(f"ketwork, {circuit.stem}", states["single"], states["double"], "single")
        for precision in options.precision:
            for peer in options.peers:
                if precision not in PEERS[peer].precisions:
                    continue
                process = PeerProcess(peer, precision, options.threads)
                found = []
                for setting in PEERS[peer].settings:
                    for circuit, reference in references.items():
                        found += compare(process, peer, setting, precision, circuit, reference)
                        compared += 1
                process.close()
                print(f"{peer}, {precision}: {f'{len(found)} complaints' if found else 'agrees'}", flush=True)
                complaints += found
    for complaint in complaints:
        print(f"DIFFERS {complaint}", file=sys.stderr)
    print(f"{compared} states of peers compared with ketwork's: {len(complaints)} complaints")
    return 1 if complaints else 0


def ketwork_state(options: argparse.Namespace, circuit: Path, precision: str) -> np.ndarray:
    """All amplitudes."""
    output = circuit.with_suffix(f".{precision}.npy")
    Ketwork(options.ketwork, precision, options.threads).run("run", circuit, "--statevector", output)
    return np.load(output).ravel().astype(complex)


def compare(process: PeerProcess, peer: str, setting: str, precision: str, circuit: Path, reference: np.ndarray) -> list[str]:
    """What differs at one setting on one circuit."""
    name = f"{peer}, {precision}, {setting}, {circuit.stem}"
    output = circuit.with_suffix(".peer.npy")
    labels = strings(len(reference).bit_length() - 1, STRINGS)
    request = {"work": "check", "circuit": str(circuit), "setting": setting, "output": str(output)}
    try:
        answer = process.ask(request | {"shots": SHOTS, "paulis": labels}, SECONDS)
    except Failed as failure:
        return [f"{name}: {failure}"]
    found = state_complaints(name, np.load(output).ravel().astype(complex), reference, precision)
    if "samples" in answer:
        found += sample_complaints(name, np.array(answer["samples"]), np.abs(reference) ** 2)
    if "expectations" in answer:
        errors = [abs(value - expectation(reference, label)) for value, label in zip(answer["expectations"], labels, strict=True)]
        if not max(errors) <= EXPECTATION_ERROR[precision]:
            worst = int(np.argmax(errors))
            found.append(f"{name}: ⟨{labels[worst]}⟩ is off by {errors[worst]:.2g}")
    return found


def state_complaints(name: str, state: np.ndarray, reference: np.ndarray, precision: str) -> list[str]:
    """States are compared up to a global phase and the norm."""
    if state.shape != reference.shape:
        return [f"{name}: {len(state)} amplitudes instead of {len(reference)}"]
    overlap = abs(np.vdot(reference, state)) ** 2
    infidelity = 1 - overlap / (np.vdot(state, state).real * np.vdot(reference, reference).real)
    return [] if infidelity <= INFIDELITY[precision] else [f"{name}: infidelity {infidelity:.2g}"]


def sample_complaints(name: str, samples: np.ndarray, probabilities: np.ndarray) -> list[str]:
    """The frequency of 1 on each qubit and the parity of all qubits, against the exact probabilities."""
    if len(samples) != SHOTS:
        return [f"{name}: {len(samples)} samples instead of {SHOTS}"]
    n = len(probabilities).bit_length() - 1
    tests = {f"qubit {qubit}": 1 << qubit for qubit in range(n)} | {"parity": (1 << n) - 1}
    found = []
    indices = np.arange(1 << n)
    for test, mask in tests.items():
        exact = float(probabilities[np.bitwise_count(indices & mask) % 2 == 1].sum())
        frequency = float(np.mean(np.bitwise_count(samples & mask) % 2 == 1))
        if abs(frequency - exact) > SAMPLING_SIGMAS * np.sqrt(exact * (1 - exact) / SHOTS) + 1e-4:
            found.append(f"{name}: {test} is odd in {frequency:.4f} of the samples, and {exact:.4f} exactly")
    return found


def expectation(state: np.ndarray, label: str) -> float:
    """⟨ψ|P|ψ⟩, letter by letter."""
    n = len(state).bit_length() - 1
    matrices = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}
    result = state
    for qubit, letter in letters(label):
        shaped = result.reshape(1 << (n - 1 - qubit), 2, 1 << qubit)
        result = np.einsum("ab,xby->xay", matrices[letter], shaped).ravel()
    return float(np.vdot(state, result).real)
