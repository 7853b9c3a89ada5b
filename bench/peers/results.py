"""What a comparison gives: a measurement a line of the CSV file, and the table."""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from timing import DISTURBED_CORES

OURS = "ketwork"
ROWLESS_WORKS = ("gradient", "density", "trajectories")  # whose labels leave rows out


@dataclass
class Measurement:
    """One simulator at one setting on one circuit; without seconds, why there are none."""

    work: str
    family: str
    qubits: int
    precision: str
    threads: int
    simulator: str
    setting: str
    samples: int = 0
    is_cold: bool = False  # its only run was the first one of the process on this circuit
    seconds_median: float = math.nan
    seconds_minimum: float = math.nan
    seconds_maximum: float = math.nan
    foreign_cores: float = math.nan  # that other processes kept busy meanwhile
    note: str = ""

    @property
    def case(self) -> tuple:
        """What has to be the same for two measurements to be compared."""
        return self.work, self.family, self.qubits, self.precision

    @property
    def label(self) -> str:
        """What a block of a figure is called."""
        return self.family

    @property
    def is_disturbed(self) -> bool:
        """Whether other processes took too much meanwhile."""
        return self.foreign_cores > DISTURBED_CORES

    @property
    def mark(self) -> str:
        """What the table puts behind a figure: ° behind a single cold run, ~ behind a disturbed one."""
        return "°" if self.is_cold else "~" if self.is_disturbed else " "

    def fill(self, seconds: list[float], is_cold: bool = False) -> None:
        """Takes what was measured."""
        self.samples, self.is_cold = len(seconds), is_cold
        self.seconds_median = statistics.median(seconds)
        self.seconds_minimum, self.seconds_maximum = min(seconds), max(seconds)


@dataclass
class BatchMeasurement(Measurement):
    """One simulator at one setting on a batch; the family is the ansatz, and the seconds are of all rows."""

    layers: int = 0
    rows: int = 0
    timed_rows: int = 0  # if fewer than all were, the seconds are scaled
    shots: int = 0  # of each row

    @property
    def case(self) -> tuple:
        return *super().case, self.layers, self.rows, self.shots

    @property
    def label(self) -> str:
        return f"{self.family}, {self.rows:,} rows" if self.work not in ROWLESS_WORKS else self.family

    @property
    def is_scaled(self) -> bool:
        """Whether fewer rows were timed than the batch has."""
        return 0 < self.timed_rows < self.rows

    @property
    def mark(self) -> str:
        """As of any measurement, with * behind a scaled figure."""
        return ("*" if self.is_scaled else " ") + super().mark


@dataclass
class Cell:
    """One circuit in one precision: ketwork, and the best setting of each peer that has one."""

    ours: Measurement
    best: dict[str, Measurement]
    figure: str = "seconds_median"

    def seconds(self, row: Measurement) -> float:
        """The figure that is compared."""
        return getattr(row, self.figure)

    def ratio(self, peer: str | None = None) -> float:
        """How many times as long as ketwork a peer takes, by default the best one; above 1 means that ketwork is faster."""
        peers = [self.best[peer]] if peer else self.best.values()
        return min(map(self.seconds, peers), default=math.nan) / self.seconds(self.ours)

    @property
    def winner(self) -> Measurement | None:
        """The best peer."""
        return min(self.best.values(), key=self.seconds, default=None)


def cells(measurements: Iterable[Measurement], figure: str = "seconds_median") -> list[Cell]:
    """The circuits in the order in which they came."""
    found: dict[tuple, Cell] = {}
    measured = [row for row in measurements if not math.isnan(row.seconds_median)]
    for row in measured:
        if row.simulator == OURS:
            found[row.case] = Cell(row, {}, figure)
    for row in measured:
        cell = found.get(row.case)
        if cell is None or row.simulator == OURS:
            continue
        known = cell.best.get(row.simulator)
        if known is None or cell.seconds(row) < cell.seconds(known):
            cell.best[row.simulator] = row
    return list(found.values())


def geometric_mean(ratios: Iterable[float]) -> float:
    """Of the numbers among them."""
    logarithms = [math.log(ratio) for ratio in ratios if not math.isnan(ratio)]
    return math.exp(statistics.mean(logarithms)) if logarithms else math.nan


def table(measurements: list[Measurement], peers: list[str], figure: str = "seconds_median") -> str:
    """A block a precision: a line a circuit, then the geometric means of each family and of all."""
    return "\n".join(block(group, peers) for group in grouped(cells(measurements, figure)).values())


def grouped(found: list[Cell]) -> dict[tuple, list[Cell]]:
    """Cells by work and precision."""
    groups: dict[tuple, list[Cell]] = {}
    for cell in found:
        groups.setdefault((cell.ours.work, cell.ours.precision), []).append(cell)
    return groups


def block(group: list[Cell], peers: list[str]) -> str:
    """The lines of one precision."""
    ours = group[0].ours
    peers = [peer for peer in peers if any(peer in cell.best for cell in group)]
    lines = [f"{ours.work}, {ours.precision} precision, {ours.threads} threads; ratios: a peer's time / ketwork's", ""]
    heads = f"{'family':8}{'qubits':>7}{'ketwork':>12}{'best peer':>12}  {'':22}{'ratio':>7}  "
    lines.append(heads + "".join(f"{peer:>11}" for peer in peers))
    for cell in group:
        lines.append(line(cell, peers))
    lines.append("")
    families = list(dict.fromkeys(cell.ours.family for cell in group))
    for family in families if len(group) > len(families) else []:
        lines.append(mean_line(family, [cell for cell in group if cell.ours.family == family], peers))
    lines.append(mean_line("all", group, peers))
    return "\n".join(lines) + "\n"


def line(cell: Cell, peers: list[str]) -> str:
    """`qft  20  22.1 ms  62.8 ms  qsim, fuse 2  2.84` and the ratio of every peer, with marks."""
    text = f"{cell.ours.family:8}{cell.ours.qubits:7}{seconds(cell.seconds(cell.ours)):>12}{cell.ours.mark}"
    if winner := cell.winner:
        text += f"{seconds(cell.seconds(winner)):>11}{winner.mark} {f'{winner.simulator}, {winner.setting}':22}{cell.ratio():7.2f}  "
    else:
        text += f"{'-':>11}  {'':22}{'-':>7}  "
    for peer in peers:
        theirs = cell.best.get(peer)
        text += f"{cell.ratio(peer):10.2f}{theirs.mark}" if theirs else f"{'-':>10} "
    return text.rstrip()


def mean_line(name: str, group: list[Cell], peers: list[str]) -> str:
    """Geometric means; a peer's is over the circuits that it ran."""
    text = f"{'geometric mean, ' + name:63}{geometric_mean(cell.ratio() for cell in group):5.2f}  "
    for peer in peers:
        text += f"{geometric_mean(cell.ratio(peer) for cell in group if peer in cell.best):10.2f} "
    return text.rstrip()


def seconds(value: float) -> str:
    """Three digits and a unit."""
    scale, unit = next(((scale, unit) for scale, unit in ((1, "s"), (1e-3, "ms")) if value >= scale), (1e-6, "µs"))
    places = max(0, 2 - math.floor(math.log10(value / scale)))
    return f"{value / scale:.{places}f} {unit}"


def write(path: Path, measurements: list[Measurement]) -> None:
    """A comma-separated file with everything that was measured or left out."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(measurements[0])])
        writer.writeheader()
        writer.writerows(asdict(row) for row in measurements)


def read(path: Path) -> list[Measurement]:
    """Reads what `write` wrote: batches if there is a column of rows."""
    convert = {"int": int, "float": float, "bool": lambda text: text == "True", "str": str}
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        kind = BatchMeasurement if "rows" in (reader.fieldnames or []) else Measurement
        return [kind(**{field.name: convert[field.type](row[field.name]) for field in fields(kind)}) for row in reader]
