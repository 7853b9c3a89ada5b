#!/usr/bin/env python3
"""Times ketwork and Qiskit Aer on the same circuits in one run, and prints the ratios.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release
    /tmp/peers/bin/python bench/peers/compare_aer.py --min-qubits 16 --max-qubits 22

`ketwork bench scaling` times its circuits on the CPU and writes them as JSON; Aer then gets the same gates, angles and matrices, the
same precision and the same number of threads. Of ketwork the time is that of one run: reset, gates, wait. Of Aer it is the
`time_taken` that it reports for the experiment: allocation, fusion and evolution, with one amplitude saved; conversion from Python is
not in it. Aer is run with and without gate fusion, and the faster counts. Both: one run that is not counted, then the median.

A ratio above 1 means that ketwork is faster. Measure on a machine that does nothing else.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import numpy
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit_aer import AerSimulator


def main():
    options = parse_options()
    os.environ["KETWORK_THREADS"] = str(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        ours = run_ketwork(options, folder)
        print(f"{ours['name']}; {options.precision} precision, {options.threads} threads; median of {options.repetitions}\n")
        print(f"{'family':8}{'qubits':>7}{'ketwork':>13}{'Aer':>13}  {'Aer without fusion':>20}{'ratio':>9}")
        for point in ours["points"]:
            circuit = json.loads((pathlib.Path(folder) / f"{point['family']}-{point['qubits']}.json").read_text())
            compare(point, converted(circuit), options)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ketwork", default=".build/release/ketwork", help="the binary; default: %(default)s")
    parser.add_argument("--families", default="ghz,qft,qv,hea")
    parser.add_argument("--min-qubits", type=int, default=16)
    parser.add_argument("--max-qubits", type=int, default=20)
    parser.add_argument("--precision", choices=["single", "double"], default="single")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def run_ketwork(options, folder):
    """The CPU's part of what `ketwork bench scaling --json` prints; the circuits are left in `folder`."""
    command = [options.ketwork, "bench", "scaling", "--device", "cpu", "--json", "--circuits", folder, "--families", options.families]
    command += ["--min-qubits", options.min_qubits, "--max-qubits", options.max_qubits]
    command += ["--precision", options.precision, "--repetitions", options.repetitions]
    output = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)["devices"][0]


def converted(circuit):
    """The circuit as Qiskit has it; both put the first qubit of a matrix into the least significant bit."""
    result = QuantumCircuit(circuit["qubits"])
    for gate in circuit["gates"]:
        if gate["name"] == "unitary":
            entries = numpy.array([complex(re, im) for re, im in gate["matrix"]])
            size = 1 << len(gate["qubits"])
            result.append(UnitaryGate(entries.reshape(size, size)), gate["qubits"])
        else:
            getattr(result, gate["name"])(*gate.get("parameters", []), *gate["qubits"])
    result.save_amplitudes([0])
    return result


def compare(point, circuit, options):
    fused, plain = (aer_seconds(circuit, options, fusion) for fusion in (True, False))
    ours = point["seconds"]["median"]
    print(
        f"{point['family']:8}{point['qubits']:7}{ours * 1e3:10.3f} ms{fused * 1e3:10.3f} ms  {plain * 1e3:17.3f} ms"
        f"{min(fused, plain) / ours:9.2f}",
        flush=True,
    )


def aer_seconds(circuit, options, fusion):
    simulator = AerSimulator(
        method="statevector", precision=options.precision, max_parallel_threads=options.threads, fusion_enable=fusion
    )
    times = [simulator.run(circuit, shots=1).result().results[0].time_taken for _ in range(options.repetitions + 1)]
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
