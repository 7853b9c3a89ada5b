#!/usr/bin/env python3
"""Writes the conformance suite: every circuit as OpenQASM 2 and 3, with the results that Qiskit Aer gives for it.

    python bench/conformance/reference.py [--cache DIR] [--quick] [--only TEXT]

A circuit that only measures at its end is static: its reference is the probability of every basis state, from Aer's
statevector in double precision, the measurements taken off. Any other is dynamic: its reference is the exact distribution
of its basis states and of its classical bits, from `exact.py`. What is there is kept; delete the folder to start again. `suite.json` lists it all,
with the reason wherever Qiskit cannot make or export a circuit.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
from qiskit import QuantumCircuit, qasm2, qasm3, transpile
from qiskit.circuit import ControlFlowOp, Store
from qiskit_aer import AerSimulator

import exact
from cases import Case, all_cases

DEFAULT_CACHE = Path(os.environ.get("KETWORK_CONFORMANCE_CACHE", "~/.cache/ketwork/conformance")).expanduser()
MOST_QUBITS = 20
QUICK_QUBITS = 12
SECONDS_TO_BUILD = 300
# Gates times amplitudes that a circuit may cost; a circuit above it is listed as left out, with its cost.
COST_LIMIT = 3e10
QUICK_COST_LIMIT = 2e8
REIMPORT_QUBITS = 8
PACKAGES = ("qiskit", "qiskit-aer", "mqt-bench", "qiskit-qasm3-import", "numpy")

CASES = {case.name: case for case in all_cases()}
simulator = AerSimulator(method="statevector", precision="double", max_parallel_threads=1)
VENDOR_GATES = {"gpi", "gpi2", "ms", "zz", "rxpi", "rxpi2", "rxpi2dg"}


class OutOfTime(BaseException):
    """Building a circuit took longer than it may."""


def main() -> None:
    """Makes what is missing of the suite."""
    arguments = parse_arguments()
    warnings.filterwarnings("ignore")
    arguments.cache.mkdir(parents=True, exist_ok=True)
    manifest_path = arguments.cache / "suite.json"
    manifest = json.loads(manifest_path.read_text()) if manifest_path.exists() else {"version": 1, "cases": {}}
    manifest["packages"] = {name: metadata.version(name) for name in PACKAGES}
    wanted = [
        name
        for name, case in CASES.items()
        if name not in manifest["cases"] and arguments.only in name and not (arguments.quick and case.size > QUICK_QUBITS)
    ]
    started = saved = time.monotonic()
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("fork")) as pool:
        for name, entry in zip(wanted, pool.map(partial(make_named, arguments.cache), wanted)):
            manifest["cases"][name] = entry
            if "reason" in entry or entry.get("note"):
                print(f"{name}: {entry.get('reason') or entry['note']}", flush=True)
            if time.monotonic() - saved > 20:
                write(manifest_path, manifest)
                saved = time.monotonic()
    write(manifest_path, manifest)
    cases = manifest["cases"].values()
    made = [case for case in cases if "reason" not in case]
    files = sum(len(case["files"]) for case in made)
    print(f"{len(made)} circuits, {files} files in {arguments.cache}; {time.monotonic() - started:.0f} s")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where the suite is kept (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (%(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"nothing over {QUICK_QUBITS} qubits")
    parser.add_argument("--only", default="", metavar="TEXT", help="only circuits with TEXT in their name")
    return parser.parse_args()


def write(path: Path, manifest: dict) -> None:
    """Replaces the manifest whole, so that an interrupted run leaves one that can be read."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(manifest, indent=1))
    temporary.replace(path)


def make_named(cache: Path, name: str) -> dict:
    """What a process of the pool does."""
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(OutOfTime()))
    return make(CASES[name], cache)


def make(case: Case, cache: Path) -> dict:
    """Builds, exports and simulates one circuit; what it returns has `reason` when there is no circuit."""
    entry: dict = {"family": case.family, "size": case.size}
    signal.alarm(SECONDS_TO_BUILD)
    try:
        circuit = case.build()
        entry |= {"qubits": circuit.num_qubits, "clbits": circuit.num_clbits}
        if circuit.num_qubits > MOST_QUBITS and not has_layout(circuit):
            return entry | {"reason": f"left out: {circuit.num_qubits} qubits"}
        gates = cost(circuit)
        entry["gates"] = gates
        if gates * 2.0**circuit.num_qubits > COST_LIMIT:
            return entry | {"reason": f"left out: {gates} elementary gates on {circuit.num_qubits} qubits"}
        export(case, circuit, cache, entry)
        entry["kind"] = "dynamic" if is_dynamic(circuit) else "static"
        (dynamic_reference if entry["kind"] == "dynamic" else static_reference)(case, circuit, cache, entry)
    except OutOfTime:
        return entry | {"reason": f"left out: takes Qiskit over {SECONDS_TO_BUILD} s"}
    except exact.TooManyBranches as error:
        return entry | {"reason": f"left out: {error}"}
    except Exception as error:  # a generator's refusal, of many types
        return entry | {"reason": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
    finally:
        signal.alarm(0)
    return entry


def has_layout(circuit: QuantumCircuit) -> bool:
    """Whether the circuit is laid out on a device, so that OpenQASM 3 names physical qubits."""
    return circuit.layout is not None


def export(case: Case, circuit: QuantumCircuit, cache: Path, entry: dict) -> None:
    """Writes the circuit in both languages, or copies the file it came from."""
    entry["files"], entry["refused"] = {}, {}
    if case.source is not None:
        text = case.source.read_text()
        language = "qasm2" if text.lstrip().startswith("OPENQASM 2") else "qasm3"
        texts = {language: lambda: text}
    else:
        texts = {"qasm2": partial(dumps, qasm2, circuit), "qasm3": partial(dumps, qasm3, circuit)}
    for language, produce in texts.items():
        try:
            text = produce()
        except Exception as error:
            entry["refused"][language] = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            continue
        path = cache / language / f"{case.name}.qasm"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        entry["files"][language] = str(path.relative_to(cache))


def dumps(language, circuit: QuantumCircuit) -> str:
    """Qiskit's export; a gate that is held as a matrix has none, and is written as its definition."""
    for _ in range(3):
        try:
            return language.dumps(circuit)
        except TypeError:
            circuit = circuit.decompose(["c-unitary", "unitary"])
    return language.dumps(circuit)


def cost(circuit: QuantumCircuit) -> int:
    """How many gates of OpenQASM's libraries the circuit is, its definitions expanded and its loops run once."""
    known: dict = {}

    def count(operation) -> int:
        if isinstance(operation, ControlFlowOp):
            return sum(count_circuit(block) for block in operation.blocks)
        if operation.name in ("barrier", "delay", "measure", "reset") or operation.num_qubits <= 2 and operation.definition is None:
            return 1
        if operation.name in STANDARD:
            return 1
        key = (operation.name, operation.num_qubits, tuple(map(str, operation.params)) if operation.num_qubits < 3 else ())
        if key not in known:
            known[key] = 1 if operation.definition is None else count_circuit(operation.definition)
        return known[key]

    def count_circuit(inner: QuantumCircuit) -> int:
        return sum(count(instruction.operation) for instruction in inner.data)

    return count_circuit(circuit)


STANDARD = {
    "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "p", "u", "u1", "u2", "u3", "cx", "cy",
    "cz", "ch", "swap", "cp", "cu1", "crx", "cry", "crz", "cu", "cu3", "ccx", "cswap", "rxx", "rzz", "rccx", "rcccx", "c3x",
    "c3sqrtx", "c4x",
}  # fmt: skip


def is_dynamic(circuit: QuantumCircuit) -> bool:
    """Whether anything follows a measurement, or depends on one, or forgets."""
    measured: set = set()
    for instruction in circuit.data:
        operation = instruction.operation
        if isinstance(operation, (ControlFlowOp, Store)) or operation.name in ("reset", "initialize"):
            return True
        if operation.name == "barrier":
            continue
        if any(qubit in measured for qubit in instruction.qubits):
            return True
        if operation.name == "measure":
            measured.add(instruction.qubits[0])
    return False


def without_measurements(circuit: QuantumCircuit) -> QuantumCircuit:
    """A static circuit's gates alone."""
    bare = circuit.copy_empty_like()
    for instruction in circuit.data:
        if instruction.operation.name not in ("measure", "barrier", "delay"):
            bare.append(instruction)
    return bare


def state(circuit: QuantumCircuit) -> np.ndarray:
    """The final amplitudes, from Aer, in double precision."""
    bare = without_measurements(circuit)
    while VENDOR_GATES & bare.count_ops().keys():  # Aer's transpiler finds no way to these, though they have definitions
        bare = bare.decompose(list(VENDOR_GATES))
    bare = transpile(bare, simulator, optimization_level=0)
    bare.save_statevector()
    result = simulator.run(bare).result()
    if not result.success:
        raise RuntimeError(result.status)
    return np.asarray(result.get_statevector())


def static_reference(case: Case, circuit: QuantumCircuit, cache: Path, entry: dict) -> None:
    """Stores the probabilities of all basis states, and which qubit is measured into which bit."""
    amplitudes = state(circuit)
    probabilities = np.abs(amplitudes) ** 2
    store(case.name, probabilities, cache, entry)
    entry["measured"] = [
        [circuit.find_bit(instruction.qubits[0]).index, circuit.find_bit(instruction.clbits[0]).index]
        for instruction in circuit.data
        if instruction.operation.name == "measure"
    ]
    if circuit.num_qubits <= REIMPORT_QUBITS and case.source is None:
        for language, load in (("qasm2", load_qasm2), ("qasm3", load_qasm3)):
            if language in entry["files"]:
                check_export(language, load, cache, entry, probabilities)


def load_qasm2(path: Path) -> QuantumCircuit:
    """Qiskit's OpenQASM 2 importer, with the gates that its own exporter takes as known."""
    return qasm2.load(path, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)


def load_qasm3(path: Path) -> QuantumCircuit:
    """Qiskit's OpenQASM 3 importer."""
    return qasm3.load(path)


def check_export(language: str, load, cache: Path, entry: dict, probabilities: np.ndarray) -> None:
    """Reads the export back with Qiskit's importer; notes it where Qiskit does not agree with itself."""
    try:
        again = np.abs(state(load(cache / entry["files"][language]))) ** 2
    except Exception as error:
        entry.setdefault("importer", {})[language] = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        return
    longest = max(len(again), len(probabilities))
    difference = float(np.max(np.abs(pad(again, longest) - pad(probabilities, longest))))
    if difference > 1e-10:
        entry["refused"][language] = f"Qiskit's export differs from the circuit by {difference:.2g}"
        del entry["files"][language]
        entry["note"] = f"{language}: Qiskit's export differs from the circuit by {difference:.2g}"


def pad(values: np.ndarray, length: int) -> np.ndarray:
    """The values with zeros after them: qubits that a file does not mention are in state 0."""
    return np.concatenate([values, np.zeros(length - len(values))])


def dynamic_reference(case: Case, circuit: QuantumCircuit, cache: Path, entry: dict) -> None:
    """Stores the exact distribution of the classical bits, and that of the basis states."""
    outcomes, probabilities = exact.exact_distributions(circuit)
    total = sum(outcomes.values())
    if abs(total - 1) > 1e-9:
        raise RuntimeError(f"the branches' probabilities add up to {total}")
    entry["outcomes"] = outcomes
    store(case.name, probabilities, cache, entry)


def store(name: str, probabilities: np.ndarray, cache: Path, entry: dict) -> None:
    """Writes the probabilities of all basis states."""
    folder = cache / "reference"
    folder.mkdir(exist_ok=True)
    np.save(folder / f"{name}.npy", probabilities)
    entry["reference"] = f"reference/{name}.npy"


if __name__ == "__main__":
    main()
