#!/usr/bin/env python3
"""Errors of values before and after each technique of mitigation, on circuits compiled for devices and run with their noise.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
    swift build -c release --product ketwork
    /tmp/peers/bin/python bench/peers/mitigation_device.py /tmp/mitigation-device
    /tmp/peers/bin/python bench/peers/mitigation_device.py /tmp/mitigation-device --pairs-alone
    /tmp/peers/bin/python bench/peers/mitigation_device.py /tmp/mitigation-device --devices manila --qubits 4 --count 3 --samples 256

Random circuits and mirrors (`mitigation_circuits.py`), four layers and twice two, on 4 to 6 qubits, compiled by `ketwork transpile` for the devices
of `ketwork device-models` on which they fit, and run with `--device-model`. A mirror has a barrier in the middle, without which nothing would be left
of it. The observable is Z on all of the mirror's qubits, or the string of I and Z whose ideal value is the largest, moved to where the qubits end.

Values are those of density matrices, exactly, without errors of reading; errors are those of the ideal value. Those of reading are held against it as
well, and against the value of the state with the device's noise, which is all that they can give: means over so many shots (--shots), before and
after, each from its own. Cancellation of errors is a mean over --samples circuits, so its error is mostly that of drawing them: beside it stands
the root of the mean square of errors in standard errors, which is 1 without a bias. What a technique refuses is told with its words, and circuits
whose observable no noise reaches are left out.

With --pairs-alone gates of one qubit and waits have no noise, so that cancellation may be twirled; it and twirling alone are tried.

By how much each lowers the mean absolute error has a 95 % bootstrap interval over the circuits.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import mitigation_circuits
import mitigation_tables
import mitigation_techniques
from mitigation_compiled import Compiler
from mitigation_ketwork import NoisyKetwork
from mitigation_statistics import RESAMPLES, SEED
from mitigation_techniques import Outcome, Sizes
from process import KETWORK, Failed, Ketwork


def main() -> None:
    options = parsed_options()
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        outcomes = measured(options)
    except Failed as error:
        raise SystemExit(str(error)) from error
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(each) for each in outcomes], indent=1, default=str))
    taken = [each for each in outcomes if each.is_noisy]
    print(f"{options.shots:,} shots, {options.samples:,} samples of pec, seeds from {options.seed} on; {RESAMPLES:,} resamples, seed {SEED}")
    print(f"{len(taken)} circuits; {len(outcomes) - len(taken)} more without noise in what is observed\n")
    print(mitigation_tables.tables(taken))


def measured(options: argparse.Namespace) -> list[Outcome]:
    """Every circuit of every device that has enough qubits."""
    ketwork = Ketwork(options.ketwork, "double", 1)
    compiler, sizes = Compiler(ketwork, options.folder), Sizes(options.shots, options.samples, options.pairs_alone)
    found: list[Outcome] = []
    for device in options.devices:
        noise = ("--noise", pairs_alone(ketwork, device, options.folder)) if options.pairs_alone else ("--device-model", device)
        runs = NoisyKetwork(ketwork, *noise)
        for qubits in (each for each in options.qubits if each <= compiler.sizes[device]):
            for family in mitigation_circuits.LAYERS:
                for seed in range(options.seed, options.seed + options.count):
                    print(f"{family} on {qubits} qubits of {device}, seed {seed}", file=sys.stderr)
                    circuit = compiler.compiled(device, family, qubits, seed)
                    found.append(mitigation_techniques.outcome(runs.seeded(options.seed + len(found)), circuit, sizes))
    return found


def pairs_alone(ketwork: Ketwork, device: str, folder: Path) -> Path:
    """A file of a device's noise, of gates on two qubits alone."""
    model = json.loads(ketwork.call("device-models", "--noise-model", device))
    entries = [each for each in model["gates"] if all(len(qubits) == 2 for qubits in each["qubits"])]
    path = folder / f"{device}-pairs.json"
    path.write_text(json.dumps({"version": model["version"], "name": f"{device}, pairs alone", "gates": entries}))
    return path


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for circuits, made where there is none")
    parser.add_argument("--ketwork", type=Path, default=KETWORK, help="the executable")
    parser.add_argument("--devices", nargs="+", default=["manila", "perth", "lagos"])
    parser.add_argument("--qubits", nargs="+", type=int, default=[4, 5, 6])
    parser.add_argument("--count", type=int, default=10, help="circuits of each family, size and device")
    parser.add_argument("--seed", type=int, default=1, help="of the first circuit and of all that is drawn; the other circuits follow")
    parser.add_argument("--shots", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=2048, help="of pec")
    parser.add_argument("--pairs-alone", action="store_true", help="noise of gates on two qubits alone, cancelled and twirled")
    parser.add_argument("--json", type=Path, help="all values")
    return parser.parse_args()


if __name__ == "__main__":
    main()
