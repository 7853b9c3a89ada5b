#!/usr/bin/env python3
"""Writes Sources/Circuits/Devices/Calibrations from the calibrations in qiskit-ibm-runtime (Apache-2.0).

    python bench/device-models/make.py            # all devices of DEVICES

One Swift file a device, its text as docs/schemas/device-model-1.schema.json has it, and one file that lists them. Times are seconds and
frequencies hertz, rounded to five significant digits, durations to six. Values that a gate has on a pair in both directions alike are
written once. What a calibration lacks is null here too: the reader of the text decides what that means.
"""

import json
import pathlib
import textwrap
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")

import qiskit_ibm_runtime.fake_provider as fake  # noqa: E402

DEVICES = {
    "manila": "FakeManilaV2",
    "lagos": "FakeLagosV2",
    "perth": "FakePerth",
    "guadalupe": "FakeGuadalupeV2",
    "montreal": "FakeMontrealV2",
    "hanoi": "FakeHanoiV2",
    "sherbrooke": "FakeSherbrooke",
    "torino": "FakeTorino",
    "kingston": "FakeKingston",
}
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources/Circuits/Devices/Calibrations"
NOTICE = "// Made by bench/device-models/make.py; change that. Figures: {package}, Apache License 2.0, copyright IBM.\n"
SECONDS = {"s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
HERTZ = {"Hz": 1, "MHz": 1e6, "GHz": 1e9}
# What the target of a backend lists besides gates and resets.
NO_GATES = {"measure", "measure_2", "reset_2", "delay", "if_else", "for_loop", "while_loop", "switch_case"}


def main():
    package = f"qiskit-ibm-runtime {version('qiskit-ibm-runtime')}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, backend in DEVICES.items():
        text = compact(document(name, backend, package))
        (FOLDER / f"DeviceModel+{name.capitalize()}.swift").write_text(
            NOTICE.format(package=package)
            + f'\nextension DeviceModel {{\n  static let {name} = #"""\n{textwrap.indent(text, "    ")}\n    """#\n}}\n'
        )
        print(f"{name}: {len(text)} bytes")
    entries = "".join(f'    ("{name}", {name}),\n' for name in DEVICES)
    (FOLDER / "DeviceModel+Calibrations.swift").write_text(
        NOTICE.format(package=package)
        + "\nextension DeviceModel {\n  /// The names of the devices whose calibrations are shipped, and their texts.\n"
        + f"  static let calibrations: [(name: String, json: String)] = [\n{entries}  ]\n}}\n"
    )


def document(name, backend_name, package):
    backend = getattr(fake, backend_name)()
    target, calibration = backend.target, backend.properties().to_dict()
    values = gate_values(calibration)
    basis = sorted(set(backend.configuration().basis_gates) - {"reset"})
    # Gates that only the calibration lists are kept if most of them work.
    listed = set(target.operation_names) - NO_GATES | {gate for gate in values if mostly_works(values[gate])}
    return {
        "format": 1,
        "name": name,
        "source": f"{package}, {backend_name}: {calibration['backend_name']} {calibration['backend_version']}",
        "license": "Apache-2.0",
        "calibrated": str(calibration["last_update_date"])[:10],
        "qubit_count": target.num_qubits,
        "basis_gates": sorted(set(basis) | (listed - {"reset"})),
        "qubits": qubit_columns(calibration["qubits"]),
        "gates": gate_entries({gate: values[gate] for gate in sorted(listed) if gate in values}, target.num_qubits),
    }


def mostly_works(values):
    return sum(error is not None and error < 1 for error, _ in values.values()) > len(values) / 2


def gate_values(calibration):
    """Gate: {qubits: (error, duration)}."""
    result = {}
    for gate in calibration["gates"]:
        if gate["gate"] in NO_GATES:
            continue
        figures = {figure["name"]: figure for figure in gate["parameters"]}
        error = figures.get("gate_error", {}).get("value")
        result.setdefault(gate["gate"], {})[tuple(gate["qubits"])] = (
            rounded(error, 5),
            rounded(in_unit(figures.get("gate_length"), SECONDS), 6),
        )
    return result


def qubit_columns(qubits):
    columns = {"t1": [], "t2": [], "frequency": [], "zero_as_one": [], "one_as_zero": [], "readout_duration": []}
    for entries in qubits:
        figures = {figure["name"]: figure for figure in entries}
        columns["t1"].append(rounded(in_unit(figures.get("T1"), SECONDS), 5))
        columns["t2"].append(rounded(in_unit(figures.get("T2"), SECONDS), 5))
        columns["frequency"].append(rounded(in_unit(figures.get("frequency"), HERTZ), 6))
        columns["zero_as_one"].append(rounded(figures.get("prob_meas1_prep0", {}).get("value"), 5))
        columns["one_as_zero"].append(rounded(figures.get("prob_meas0_prep1", {}).get("value"), 5))
        columns["readout_duration"].append(rounded(in_unit(figures.get("readout_length"), SECONDS), 6))
    return {name: column for name, column in map(lambda item: (item[0], shortened(item[1])), columns.items()) if column is not None}


def gate_entries(gates, qubit_count):
    """Entries of the document: gates with the same figures share one."""
    entries, shared = [], {}
    for gate, values in gates.items():
        values = {qubits: value for qubits, value in sorted(values.items()) if not is_repetition(qubits, values)}
        shared.setdefault(tuple(values.items()), []).append(gate)
    for items, names in shared.items():
        entry = {"gates": names}
        qubits = [list(place) for place, _ in items]
        if qubits != [[qubit] for qubit in range(qubit_count)]:
            entry["qubits"] = qubits
        for key, place in (("errors", 0), ("durations", 1)):
            column = shortened([value[place] for _, value in items])
            if column is not None:
                entry[key] = column
        entries.append(entry)
    return entries


def is_repetition(qubits, values):
    return qubits[0] > qubits[-1] and values.get(qubits[::-1]) == values[qubits]


def shortened(column):
    """One number if all are the same, nothing if none is known."""
    return column[0] if all(value == column[0] for value in column) else column


def in_unit(figure, units):
    return None if figure is None or figure["value"] is None else figure["value"] * units[figure["unit"]]


def rounded(value, digits):
    if value is None or value != value:
        return None
    return float(f"{value:.{digits}g}")


def compact(value):
    """JSON with a line a member at the top and in the lists of gates, wrapped."""
    lines = [f"{json.dumps(key)}: {body(item)}" for key, item in value.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def body(value):
    if isinstance(value, dict):
        return "{" + ",\n".join(f"{json.dumps(key)}: {body(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(body(item) for item in value) + "]"
    text = json.dumps(tidy(value), ensure_ascii=False).replace("e-0", "e-")
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def tidy(value):
    """Whole numbers without a point."""
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


if __name__ == "__main__":
    main()
