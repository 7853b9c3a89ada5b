#!/usr/bin/env python3
"""Copies a few small circuits of the suite, with their references, to where the parser's tests find them.

    python bench/conformance/corpus.py [--cache DIR]

Run it after `reference.py` when the pinned versions change. What it writes is committed: Tests/OpenQASMTests/Corpus.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from reference import DEFAULT_CACHE

CORPUS = Path(__file__).resolve().parents[2] / "Tests/OpenQASMTests/Corpus"

CHOSEN = (
    ("hand_conditionals_2", "qasm2"),
    ("hand_constants_3", "qasm3"),
    ("hand_control_flow_3", "qasm3"),
    ("hand_definitions_2", "qasm2"),
    ("hand_modifiers_3", "qasm3"),
    ("hand_qelib1_gates_2", "qasm2"),
    ("mqt_ae_alg_4", "qasm3"),
    ("mqt_dynamic_qft_alg_4", "qasm3"),
    ("mqt_ghz_dynamic_alg_4", "qasm3"),
    ("mqt_grover_for_loop_4", "qasm3"),
    ("mqt_hhl_indep_4", "qasm2"),
    ("mqt_iqpe_alg_4", "qasm3"),
    ("mqt_qaoa_native_quantinuum_4", "qasm3"),
    ("mqt_qpeexact_mapped_iqm_crystal_5_4", "qasm3"),
    ("mqt_qwalk_alg_4", "qasm2"),
    ("mqt_randomcircuit_alg_5", "qasm2"),
    ("mqt_randomcircuit_alg_5", "qasm3"),
    ("mqt_wstate_native_ibm_falcon_5", "qasm2"),
    ("dynamic_cast_and_shift", "qasm3"),
    ("dynamic_for_break", "qasm3"),
    ("dynamic_switch_default", "qasm3"),
    ("dynamic_teleportation", "qasm3"),
    ("dynamic_unsigned_arithmetic", "qasm3"),
    ("random_003", "qasm2"),
    ("random_003", "qasm3"),
    ("random_015", "qasm2"),
    ("random_016", "qasm3"),
    ("random_028", "qasm3"),
)


def main() -> None:
    """Writes the files and `references.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    cache = parser.parse_args().cache
    manifest = json.loads((cache / "suite.json").read_text())
    CORPUS.mkdir(exist_ok=True)
    entries = []
    for name, language in CHOSEN:
        case = manifest["cases"][name]
        file = f"{name}.{language}.qasm"
        shutil.copy(cache / case["files"][language], CORPUS / file)
        entry = {"file": file, "probabilities": rounded(np.load(cache / case["reference"]))}
        if "outcomes" in case:
            entry["outcomes"] = {key: rounded([value])[0] for key, value in sorted(case["outcomes"].items())}
        entries.append(entry)
    lines = ",\n".join(" " + json.dumps(entry) for entry in entries)
    packages = json.dumps(manifest["packages"], sort_keys=True)
    (CORPUS / "references.json").write_text(f'{{"version": 1, "packages": {packages}, "circuits": [\n{lines}\n]}}\n')
    print(f"{len(entries)} files, {sum(path.stat().st_size for path in CORPUS.iterdir())} bytes in {CORPUS}")


def rounded(values) -> list[float]:
    """Thirteen decimals: under the tolerance of the tests, and no noise of the last bits."""
    return [float(value) for value in np.round(np.asarray(values, dtype=float), 13) + 0.0]


if __name__ == "__main__":
    main()
