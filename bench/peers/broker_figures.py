"""What `broker.py` measures, as figures with their ratios, the tables of them, and the goals."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass, field

from broker_adapters import PEERS
from timing import DISTURBED_CORES

WORKS = ("jobs of 64", "jobs of 4,096", "lone, p50", "lone, p99")
WORK_ROWS = {"jobs of 64": 64, "jobs of 4,096": 4096}
FORMS = {1: "a task a circuit", 64: "a task a job", 4096: "a task a job"}


@dataclass
class Trial:
    """One try of a setting, with tasks that do nothing: circuits a second, or the median latency in seconds if the window is 0."""

    peer: str
    service: str
    way: str
    circuits: int
    window: int
    value: float

    @property
    def is_lone(self) -> bool:
        return self.window == 0


@dataclass
class Figure:
    """One peer at its best setting in one form: a value of each repetition, and ketwork's ratio to it, above 1 where ketwork is ahead."""

    work: str
    peer: str
    setting: str
    circuits: int  # of a task
    body: str
    values: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    ratios_in_memory: list[float] = field(default_factory=list)
    foreign_cores: float = 0.0

    @property
    def is_latency(self) -> bool:
        return self.work.startswith("lone")

    @property
    def is_disturbed(self) -> bool:
        """Whether other processes kept the machine from it."""
        return self.foreign_cores > DISTURBED_CORES

    def add(self, value: float, ours: float, ours_in_memory: float, foreign_cores: float) -> None:
        """Takes what one repetition gave."""
        self.values.append(value)
        self.ratios.append(value / ours if self.is_latency else ours / value)
        self.ratios_in_memory.append(value / ours_in_memory if self.is_latency else ours_in_memory / value)
        self.foreign_cores = max(self.foreign_cores, foreign_cores)


@dataclass
class Verdict:
    """Whether ketwork is ahead of a peer's best."""

    figure: Figure

    @property
    def ratio(self) -> float:
        return statistics.median(self.figure.ratios)

    @property
    def is_met(self) -> bool:
        """To the digits that are printed, so that no line contradicts itself."""
        return round(self.ratio, 2) > 1

    def __str__(self) -> str:
        best = f"{FORMS[self.figure.circuits]}, {self.figure.body}"
        name = f"{self.figure.peer:18}{self.figure.work:15}{best:28}"
        mark = "  ~" if self.figure.is_disturbed else ""
        return f"{name}{self.ratio:8.2f}{spread(self.figure.ratios, '.2f'):>18}  goal > 1  {'met' if self.is_met else 'NOT MET'}{mark}"


def verdicts(figures: list[Figure]) -> list[Verdict]:
    """A goal for each peer that is judged and each work: its best form and body."""
    judged = []
    for work in WORKS:
        for peer in dict.fromkeys(figure.peer for figure in figures):
            group = [figure for figure in figures if (figure.work, figure.peer) == (work, peer) and figure.ratios]
            if group and PEERS[peer].is_judged:
                judged.append(min(map(Verdict, group), key=lambda verdict: verdict.ratio))
    return judged


def table(figures: list[Figure], ours: list[Figure]) -> str:
    """A table for each kind of work, ketwork first."""
    lines = []
    for work in WORKS:
        chosen = [figure for figure in ours + figures if figure.work == work and figure.values]
        if not chosen:
            continue
        unit = "ms" if chosen[0].is_latency else "circuits/s"
        lines += [f"{work}, {unit}; ratios above 1: ketwork is ahead", ""]
        lines.append(f"{'':18}{'task':18}{'body':10}{'median':>10}{'spread':>20}{'durable':>9}{'spread':>18}{'memory':>9}  setting")
        lines += [line(figure) for figure in chosen] + [""]
    return "\n".join(lines)


def line(figure: Figure) -> str:
    """One line of a table."""
    form = FORMS[figure.circuits] if figure.ratios else ""
    start = f"{figure.peer:18}{form:18}{figure.body:10}{printed(figure, statistics.median(figure.values)):>10}"
    values = f"{printed(figure, min(figure.values))}–{printed(figure, max(figure.values))}"
    if not figure.ratios:
        return f"{start}{values:>20}{'':36}  {figure.setting}"
    ratios = f"{statistics.median(figure.ratios):9.2f}{spread(figure.ratios, '.2f'):>18}{statistics.median(figure.ratios_in_memory):9.2f}"
    return f"{start}{values:>20}{ratios}{' ~' if figure.is_disturbed else '  '}{figure.setting}"


def printed(figure: Figure, value: float) -> str:
    return f"{value * 1e3:.2f}" if figure.is_latency else f"{value:,.0f}"


def spread(values: list[float], form: str) -> str:
    return f"{min(values):{form}}–{max(values):{form}}"


def durability(peers: list[str]) -> str:
    """What an acknowledged job or task survives, by everyone's documentation."""
    lines = ["what an acknowledged job or task survives, as documented", ""]
    lines.append(f"{'ketwork, durable':20}kill −9 of anyone and power loss, with its result")
    lines.append(f"{'ketwork, memory':20}the worker's death")
    return "\n".join(lines + [f"{peer:20}{PEERS[peer].survives}" for peer in peers] + [""])


def tried(peers: list[str]) -> str:
    """The settings among which the best was taken."""
    lines = ["tried, with tasks that do nothing: services × ways × tasks under way", ""]
    for peer in peers:
        kind = PEERS[peer]
        windows = "; ".join(f"{circuits} a task: {', '.join(map(str, found))}" for circuits, found in kind.windows.items())
        lines.append(f"{peer:20}{' | '.join(kind.services)} × {' | '.join(kind.ways)} × {windows}")
    return "\n".join(lines + [""])


def as_json(figures: list[Figure], judged: list[Verdict]) -> dict:
    """The figures and goals, for a file."""
    return {
        "figures": [dataclasses.asdict(figure) for figure in figures],
        "goals": [
            {"peer": verdict.figure.peer, "work": verdict.figure.work, "ratio": verdict.ratio, "is_met": verdict.is_met}
            for verdict in judged
        ],
    }
