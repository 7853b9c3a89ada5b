"""What a comparison of compilers gives: a row a circuit, map and tool, kept between runs; its table and its means."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from compilation_tools import OURS, Task
from results import geometric_mean
from timing import DISTURBED_CORES

FIGURES = ("two_qubit_gates", "depth", "depth_without_rz", "two_qubit_depth", "seconds", "process_seconds", "processor_seconds")
QUBIT_RANGES = (8, 13, 18, 23)  # the last of each
COUNTED = FIGURES[:4]
HEADS = {"two_qubit_gates": "2q", "depth": "depth", "depth_without_rz": "no rz", "two_qubit_depth": "2q depth", "seconds": "seconds"}
WIDTHS = {"two_qubit_gates": 7, "depth": 7, "depth_without_rz": 7, "two_qubit_depth": 9, "seconds": 9}


@dataclass
class Row:
    """One circuit compiled by one tool; without figures, why there are none."""

    family: str
    qubits: int
    coupling: str
    basis: str
    tool: str
    version: str
    limit: float  # seconds
    input_gates: int  # on several qubits, swaps as three
    input_depth: int
    two_qubit_gates: float = math.nan
    depth: float = math.nan
    depth_without_rz: float = math.nan
    two_qubit_depth: float = math.nan
    seconds: float = math.nan  # that compiling took, without reading or writing files
    process_seconds: float = math.nan  # of all that ketwork's process did
    processor_seconds: float = math.nan  # of ketwork's process, or that a peer's compiling took of the processor
    foreign_cores: float = math.nan
    note: str = ""

    @property
    def case(self) -> tuple:
        """What has to be the same for two rows to be compared."""
        return self.family, self.qubits, self.coupling, self.basis

    def figure(self, name: str) -> float:
        """A peer has no process that only compiles: what it takes stands for that too."""
        value = getattr(self, name)
        return self.seconds if name == "process_seconds" and self.tool != OURS else value


class Cache:
    """Rows of peers by what they depend on, in a file of JSON that is written after each."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows = json.loads(path.read_text()) if path and path.exists() else {}

    @staticmethod
    def key(task: Task, tool: str, version: str) -> str:
        parts = (task.circuit.read_text(), task.coupling.digest, ",".join(task.basis), tool, version, str(task.seed))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def row(self, key: str, limit: float) -> Row | None:
        """What is known, unless it failed for lack of time and there is more now."""
        known = self.rows.get(key)
        if known is None or (known.get("note") and limit > known["limit"]):
            return None
        return Row(**known)

    def keep(self, key: str, row: Row) -> None:
        self.rows[key] = without_nan(row)
        if self.path:
            partial = self.path.with_suffix(".partial")
            partial.write_text(json.dumps(self.rows, indent=1))
            partial.rename(self.path)


def without_nan(row: Row) -> dict:
    """The row as JSON has it."""
    return {name: value for name, value in asdict(row).items() if not (isinstance(value, float) and math.isnan(value))}


def table(rows: list[Row], tools: list[str]) -> str:
    """A line a circuit and map."""
    cases: dict[tuple, dict[str, Row]] = {}
    for row in rows:
        cases.setdefault(row.case, {})[row.tool] = row
    tools = [tool for tool in tools if any(tool in found for found in cases.values())]
    width = sum(WIDTHS.values()) + 2
    lines = [" " * 52 + "".join(f"  {tool:>{width - 2}}" for tool in tools)]
    heads = "".join(f"{HEADS[name]:>{WIDTHS[name]}}" for name in HEADS) + "  "
    lines.append(f"{'family':27}{'qubits':>6} {'map':13}{'2q':>5}" + heads * len(tools))
    for (family, qubits, coupling, _), found in cases.items():
        first = next(iter(found.values()))
        cells = "".join(cell(found.get(tool), width) for tool in tools)
        lines.append(f"{family:27}{qubits:6} {coupling:13}{first.input_gates:5}{cells}".rstrip())
    return "\n".join(lines)


def cell(row: Row | None, width: int) -> str:
    """A tool's figures, or why there are none."""
    if row is None or row.note:
        return f"  {(row.note if row else '-')[: width - 2]:>{width - 2}}"
    text = "".join(f"{getattr(row, name):{WIDTHS[name]}.0f}" for name in COUNTED)
    return text + f"{row.seconds:{WIDTHS['seconds']}.3f}" + ("~ " if row.foreign_cores > DISTURBED_CORES else "  ")


def means(rows: list[Row], peers: list[str]) -> str:
    """Ketwork's figures over those of the better peer: geometric means, below 1 where ketwork is better."""
    cases: dict[tuple, dict[str, Row]] = {row.case: {} for row in rows}
    for row in rows:
        if not row.note:
            cases[row.case][row.tool] = row
    compared = [found for found in cases.values() if OURS in found and any(peer in found for peer in peers)]
    if not compared:
        return "nothing to compare: ketwork or every peer is missing"
    names = [name for name in FIGURES if name != "depth_without_rz" or any("rz" in found[OURS].basis.split(",") for found in compared)]
    lines = ["geometric means of ketwork's figure over the better peer's", f"{'':38}" + "".join(f"{name:>19}" for name in names)]
    for title, group in groups(compared).items():
        ratios = ((ratio(found, name, peers) for found in group) for name in names)
        lines.append(f"{title:33}{len(group):5}" + "".join(f"{geometric_mean(values):19.3f}" for values in ratios))
    zeros = sum(is_smoothed(found, name, peers) for found in compared for name in COUNTED)
    lines.append(f"{zeros} ratios with a count of zero are (a + 1) / (b + 1)")
    fewer = sum(any(peer not in found for peer in peers) for found in compared)
    lines.append(f"{fewer} circuits lack a peer, and {len(cases) - len(compared)} are left out, as ketwork or all peers are missing")
    return "\n".join(lines)


def groups(compared: list[dict[str, Row]]) -> dict[str, list[dict[str, Row]]]:
    """By family, by map and number of qubits, by map, and all."""
    result: dict[str, list[dict[str, Row]]] = {}
    for title in (
        lambda row: row.family,
        lambda row: f"{row.coupling}, {qubit_range(row.qubits)}",
        lambda row: row.coupling,
        lambda row: "all",
    ):
        for found in compared:
            result.setdefault(title(found[OURS]), []).append(found)
    return result


def qubit_range(qubits: int) -> str:
    """The range of sizes that a number of qubits is told in."""
    last = next((last for last in QUBIT_RANGES if qubits <= last), None)
    return f"up to {last} qubits" if last else "more qubits"


def best(found: dict[str, Row], name: str, peers: Iterable[str]) -> float:
    """The better peer's figure, each figure for itself."""
    return min(found[peer].figure(name) for peer in peers if peer in found)


def is_smoothed(found: dict[str, Row], name: str, peers: Iterable[str]) -> bool:
    return name in COUNTED and min(found[OURS].figure(name), best(found, name, peers)) == 0


def ratio(found: dict[str, Row], name: str, peers: Iterable[str]) -> float:
    """Ketwork's figure over the better peer's."""
    smoothing = 1 if is_smoothed(found, name, peers) else 0
    return (found[OURS].figure(name) + smoothing) / (best(found, name, peers) + smoothing)
