"""The coupling maps on which circuits are compiled: which pairs of qubits a two-qubit gate may act on, in both directions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

GRID_ROWS, GRID_COLUMNS = 5, 6


@dataclass(frozen=True)
class CouplingMap:
    """Qubits from 0 on, and each coupled pair once."""

    name: str
    qubit_count: int
    edges: tuple[tuple[int, int], ...]

    @property
    def json(self) -> str:
        """What `ketwork transpile --coupling` reads."""
        return json.dumps({"qubits": self.qubit_count, "edges": [list(edge) for edge in self.edges]})

    @property
    def digest(self) -> str:
        """The same for the same couplings, whatever their name."""
        return hashlib.sha256(self.json.encode()).hexdigest()

    def write(self, folder: Path) -> Path:
        """The map as a file of its name, written anew only if it says something else."""
        path = folder / f"{self.name}.json"
        if not path.exists() or path.read_text() != self.json:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(self.json)
        return path

    def couples(self, a: int, b: int) -> bool:
        """Whether a gate may act on the pair."""
        return (a, b) in self.edges or (b, a) in self.edges


def grid(rows: int, columns: int) -> CouplingMap:
    """Qubits row by row, each coupled with its neighbours in both dimensions."""
    across = [(row * columns + column, row * columns + column + 1) for row in range(rows) for column in range(columns - 1)]
    down = [(row * columns + column, (row + 1) * columns + column) for row in range(rows - 1) for column in range(columns)]
    return CouplingMap(f"grid-{rows * columns}", rows * columns, tuple(sorted(across + down)))


# IBM's Falcon processors of 27 qubits, numbered as the coupling map of the backend ibmq_montreal, which qiskit-ibm-runtime keeps as FakeMontrealV2.
HEAVY_HEX_27 = CouplingMap(
    "heavy-hex-27",
    27,
    (
        (0, 1), (1, 2), (1, 4), (2, 3), (3, 5), (4, 7), (5, 8), (6, 7), (7, 10), (8, 9), (8, 11), (10, 12), (11, 14), (12, 13),
        (12, 15), (13, 14), (14, 16), (15, 18), (16, 19), (17, 18), (18, 21), (19, 20), (19, 22), (21, 23), (22, 25), (23, 24),
        (24, 25), (25, 26),
    ),
)  # fmt: skip

MAPS = {coupling.name: coupling for coupling in (HEAVY_HEX_27, grid(GRID_ROWS, GRID_COLUMNS))}
