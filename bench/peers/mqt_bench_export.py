#!/usr/bin/env python3
"""Writes MQT Bench's circuits as OpenQASM 2 and OpenQASM 3 files.

    python mqt_bench_export.py OUTPUT_DIRECTORY [--qubits 12] [--level indep|alg]

Needs `pip install mqt.bench`. For every benchmark and every size up to the limit that the generator accepts, writes
OUTPUT_DIRECTORY/NAME_LEVEL_SIZE.v2.qasm and .v3.qasm. What cannot be generated or written (OpenQASM 2 has no control flow) is listed
in OUTPUT_DIRECTORY/skipped.txt with the reason, so that nothing is left out silently.
"""

import argparse
import pathlib
import signal

from mqt.bench import BenchmarkLevel, get_benchmark
from mqt.bench.benchmarks import get_available_benchmark_names
from qiskit import qasm2, qasm3

SECONDS_PER_CIRCUIT = 60


def generated(name: str, level: BenchmarkLevel, size: int):
    """The circuit, or TimeoutError if transpiling it takes too long."""

    def give_up(*_):
        raise TimeoutError(f"more than {SECONDS_PER_CIRCUIT} s")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS_PER_CIRCUIT)
    try:
        return get_benchmark(name, level, size)
    finally:
        signal.alarm(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--qubits", type=int, default=12, help="the largest size (default 12)")
    parser.add_argument("--level", choices=["alg", "indep"], default="indep", help="MQT Bench's abstraction level (default indep)")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    level = BenchmarkLevel.INDEP if arguments.level == "indep" else BenchmarkLevel.ALG
    written, skipped = 0, []
    for name in sorted(get_available_benchmark_names()):
        for size in range(1, arguments.qubits + 1):
            try:
                circuit = generated(name, level, size)
            except Exception as error:  # The generators refuse sizes with errors of many types.
                skipped.append(f"{name} {size}: {type(error).__name__}: {error}")
                continue
            if circuit.num_qubits > arguments.qubits:
                skipped.append(f"{name} {size}: has {circuit.num_qubits} qubits")
                continue
            for version, module in (("v2", qasm2), ("v3", qasm3)):
                try:
                    text = module.dumps(circuit)
                except Exception as error:
                    skipped.append(f"{name} {size} {version}: {type(error).__name__}: {error}")
                    continue
                (arguments.output / f"{name}_{arguments.level}_{size}.{version}.qasm").write_text(text)
                written += 1
    (arguments.output / "skipped.txt").write_text("\n".join(skipped) + "\n")
    print(f"{written} files in {arguments.output}, {len(skipped)} skipped (see skipped.txt)")


if __name__ == "__main__":
    main()
