#!/usr/bin/env python3
"""Times Ketwork's broker beside other brokers and schedulers, from a client's submission to the results at the client.

    python bench/peers/broker.py                                          all of them; about half an hour
    python bench/peers/broker.py --tools dask celery --repetitions 3
    python bench/peers/broker.py --quick                                  whether everything runs; its figures mean nothing

    ipyparallel        controller and engine
    parsl              HighThroughputExecutor
    dask               distributed: scheduler and worker
    celery             with Redis as Debian has it; celery-durable: with appendonly yes and appendfsync always
    beanstalkd         with -b DIR -f0, which flushes each write; beanstalkd-memory: without a log, which is shown and not judged

Python packages are in requirements.txt. redis-server and beanstalkd are programs of Debian, which whoever runs this installs:
apt-get install redis-server beanstalkd; they are started here, on loopback, and need not run as services.

Everyone has one broker or scheduler, one worker process with one thread, and one client, in processes of their own on this machine.
Measured are circuits on four qubits, with one expectation value each: per second in jobs of 64 and of 4,096 rows of one template, and the
latency of lone circuits, one after the other. A peer gets a task for each circuit, and a task for each job, which takes all its angles as
an array and gives an array; whichever is faster counts. A task simulates its circuits in numpy, all rows at once, or does nothing and
gives zeros at once, which nobody's real work can; both are shown, and the faster one counts. Every result's size is checked, and of
simulations the first and the last value.

First every setting of `broker_adapters.py` is tried with tasks that do nothing, and how many jobs ketwork has under way. Then come the
repetitions: ketwork, the first peer at its best settings, ketwork, the next peer, ketwork… A ratio is that of a peer's figure to the mean
of ketwork's before and after it, above 1 where ketwork is ahead. Nothing of one runs while another is timed. Ketwork runs durable
(--store, which flushes before anything is promised) and in memory; the goals, to be ahead of each peer's best, hold for durable.

Ends with 1 if a goal is not met, or something could not be measured. Measure on a machine that does nothing else: ~ marks what other
processes disturbed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import broker_figures
from broker_adapters import PEERS
from broker_figures import WORK_ROWS, Figure, Trial
from broker_processes import ANSWER_SECONDS, ClientProcess, DescendantLoad, KetworkBroker
from broker_services import adopt_orphans, end_descendants
from process import KETWORK, Failed
from results import OURS
from timing import DISTURBED_CORES, wait_for_quiet

TASK_SIZES = (1, *WORK_ROWS.values())
IN_FLIGHT = {64: (16, 64, 256), 4096: (4, 16, 64)}  # ketwork's jobs
STORAGE = {True: "durable", False: "in memory"}
SMALL_FILE_SYSTEMS = ("tmpfs", "ramfs")  # where flushing costs nothing


@dataclass
class Amount:
    """How much of everything is measured."""

    circuits: dict[int, int]  # of a run of ketwork, by rows of a job: about as long as a run of a peer
    seconds: float  # of a run of a peer
    lone: int
    trial_seconds: float
    trial_lone: int
    all_settings: bool


WHOLE = Amount(circuits={64: 200_000, 4096: 6_000_000}, seconds=1.5, lone=300, trial_seconds=0.7, trial_lone=50, all_settings=True)
QUICK = Amount(circuits={64: 20_000, 4096: 200_000}, seconds=0.2, lone=30, trial_seconds=0.1, trial_lone=5, all_settings=False)


class BrokerComparison:
    """Ketwork and its peers, in turn."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder, self.amount = options, folder, QUICK if options.quick else WHOLE
        self.ketwork = KetworkBroker(options.ketwork, folder)
        self.in_flight: dict[tuple[int, bool], int] = {}
        self.trials: list[Trial] = []
        self.figures: dict[tuple, Figure] = {}
        self.ours: dict[tuple, Figure] = {}
        self.complaints: list[str] = []

    def run(self) -> None:
        """Tries everything, and repeats what was best."""
        self.ketwork.check()
        self.tune_ketwork()
        for peer in self.options.tools:
            for service in self.some(PEERS[peer].services):
                self.attempt(peer, f"{service}, trial", lambda peer=peer, service=service: self.tune(peer, service))
        for repetition in range(self.options.repetitions):
            before = self.measure_ketwork()
            for peer in self.options.tools:
                turn = {}
                with DescendantLoad() as load:
                    self.attempt(peer, f"repetition {repetition + 1}", lambda peer=peer, turn=turn: self.measure(peer, turn))
                after = self.measure_ketwork()
                self.take(peer, turn, before, after, load.cores)
                write(self, self.options)  # a long run that breaks off has not been for nothing
                before = after

    def attempt(self, peer: str, what: str, body) -> None:
        """Lets a peer fail without the others."""
        self.say(f"{peer}, {what}")
        wait_for_quiet(self.options.patience)
        try:
            body()
        except Failed as failure:
            self.complaints.append(f"{peer}, {what}: {failure}")

    # Ketwork

    def tune_ketwork(self) -> None:
        """How many jobs under way are fastest."""
        for is_durable in STORAGE:
            for rows, windows in IN_FLIGHT.items():
                chosen = windows if self.amount.all_settings else windows[1:2]
                rates = {}
                for window in chosen:
                    self.say(f"{OURS}, {STORAGE[is_durable]}, {window} jobs of {rows} under way")
                    rates[window] = self.ketwork.stream(rows, self.amount.circuits[rows] // 2, window, is_durable)
                    self.trials.append(Trial(f"{OURS}, {STORAGE[is_durable]}", "", "", rows, window, rates[window]))
                self.in_flight[rows, is_durable] = max(rates, key=rates.get)

    def measure_ketwork(self) -> dict[tuple[str, bool], float]:
        """One figure for each work, durable and not."""
        found = {}
        wait_for_quiet(self.options.patience)
        for is_durable in STORAGE:
            self.say(f"{OURS}, {STORAGE[is_durable]}")
            for work, rows in WORK_ROWS.items():
                found[work, is_durable] = self.ketwork.stream(rows, self.amount.circuits[rows], self.in_flight[rows, is_durable], is_durable)
            lone = self.ketwork.lone(self.amount.lone, is_durable)
            found["lone, p50", is_durable], found["lone, p99", is_durable] = lone["p50"], lone["p99"]
        for (work, is_durable), value in found.items():
            rows = WORK_ROWS.get(work, 1)
            setting = f"{self.in_flight[rows, is_durable]} jobs under way" if rows > 1 else ""
            figure = Figure(work, f"{OURS}, {STORAGE[is_durable]}", setting, rows, "simulate")
            self.ours.setdefault((work, is_durable), figure).values.append(value)
        return found

    # Peers

    def tune(self, peer: str, service: str) -> None:
        """Tries all ways and windows of a service with tasks that do nothing."""
        kind = PEERS[peer]
        with ClientProcess(peer, service, self.folder) as client:
            for way in self.some(kind.ways):
                for circuits, windows in kind.windows.items():
                    for window in self.some(windows):
                        rate = self.stream(client, way, circuits, "nothing", window, self.amount.trial_seconds)
                        self.trials.append(Trial(peer, service, way, circuits, window, rate))
                latency = statistics.median(self.lone(client, way, "nothing", self.amount.trial_lone))
                self.trials.append(Trial(peer, service, way, 1, 0, latency))

    def some(self, settings: tuple) -> tuple:
        return settings if self.amount.all_settings else settings[:1]

    def best(self, peer: str) -> list[Trial]:
        """The settings that gave most: one for each size of tasks, and one for lone circuits."""
        tried = [trial for trial in self.trials if trial.peer == peer]
        streams = [[trial for trial in tried if trial.circuits == circuits and not trial.is_lone] for circuits in TASK_SIZES]
        chosen = [max(group, key=lambda trial: trial.value) for group in streams if group]
        if lone := [trial for trial in tried if trial.is_lone]:
            chosen.append(min(lone, key=lambda trial: trial.value))
        return chosen

    def measure(self, peer: str, turn: dict) -> None:
        """One figure for each size of tasks and body, and latencies."""
        chosen = self.best(peer)
        for service in dict.fromkeys(trial.service for trial in chosen):
            with ClientProcess(peer, service, self.folder) as client:
                for trial in chosen:
                    if trial.service == service:
                        for body in self.options.bodies:
                            turn[trial.is_lone, trial.circuits, body] = trial, self.value(client, trial, body)

    def value(self, client: ClientProcess, trial: Trial, body: str):
        if trial.is_lone:
            return sorted(self.lone(client, trial.way, body, self.amount.lone))
        return self.stream(client, trial.way, trial.circuits, body, trial.window, self.amount.seconds)

    def stream(self, client: ClientProcess, way: str, circuits: int, body: str, window: int, seconds: float) -> float:
        """Circuits a second."""
        request = {"do": "stream", "way": way, "circuits": circuits, "body": body, "window": window, "seconds": seconds}
        answer = client.ask(request, ANSWER_SECONDS)
        return answer["tasks"] * circuits / answer["seconds"]

    def lone(self, client: ClientProcess, way: str, body: str, count: int) -> list[float]:
        """Seconds of each."""
        return client.ask({"do": "lone", "way": way, "body": body, "count": count}, ANSWER_SECONDS)["seconds"]

    def take(self, peer: str, turn: dict, before: dict, after: dict, foreign_cores: float) -> None:
        """Holds a peer's figures against ketwork's before and after them."""
        ours = {key: (before[key] + after[key]) / 2 for key in before}
        for (is_lone, circuits, body), (trial, value) in turn.items():
            if is_lone:
                found = {"lone, p50": quantile(value, 0.5), "lone, p99": quantile(value, 0.99)}
            else:
                found = {work: value for work, rows in WORK_ROWS.items() if circuits in (1, rows)}
            for work, one in found.items():
                setting = ", ".join(word for word in (trial.service, trial.way) if word != "default")
                if not is_lone:
                    setting += ("; " if setting else "") + f"{trial.window} tasks under way"
                figure = self.figures.setdefault((work, peer, circuits, body), Figure(work, peer, setting, circuits, body))
                figure.add(one, ours[work, True], ours[work, False], foreign_cores)

    def say(self, text: str) -> None:
        if sys.stderr.isatty():
            print(f"{text:90}", end="\r", file=sys.stderr, flush=True)


def quantile(ascending: list[float], share: float) -> float:
    """The value below which a share of the sorted ones lies, as `ketwork bench broker` takes it."""
    return ascending[min(len(ascending) - 1, int(len(ascending) * share))]


def versions(tools: list[str], ketwork: Path) -> dict[str, str]:
    """What was measured."""
    found = {OURS: output(ketwork, "--version"), "python": sys.version.split()[0]}
    for peer in tools:
        found |= {package: importlib.metadata.version(package) for package in PEERS[peer].packages}
    if any(PEERS[peer].program == "redis-server" for peer in tools):
        found["redis-server"] = output("redis-server", "--version").split("v=")[1].split()[0]
    if any(PEERS[peer].program == "beanstalkd" for peer in tools):
        found["beanstalkd"] = output("beanstalkd", "-v").split()[-1]
    return found


def output(*command) -> str:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60).stdout.strip()


def lacking(peer: str) -> str:
    """Why a peer cannot be measured here; empty if it can."""
    program = PEERS[peer].program
    if program and not shutil.which(program):
        return f"there is no {program}; apt-get install {program}"
    for package in PEERS[peer].packages:
        try:
            importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return f"there is no {package}; pip install -r bench/peers/requirements.txt"
    return ""


def file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on."""
    return output("stat", "--file-system", "--format=%T", folder)


def report(comparison: BrokerComparison, options: argparse.Namespace) -> bool:
    """Prints the tables and the goals; whether all are met."""
    figures, ours = list(comparison.figures.values()), list(comparison.ours.values())
    found = versions(options.tools, options.ketwork)
    print(", ".join(f"{name} {version}" for name, version in found.items()))
    print(f"median and spread of {options.repetitions}{'; --quick, whose figures mean nothing' if options.quick else ''}\n")
    print(broker_figures.tried(options.tools))
    print(broker_figures.durability(options.tools))
    print(broker_figures.table(figures, ours))
    judged = broker_figures.verdicts(figures)
    print("goals: ketwork, durable, ahead of each peer's best\n")
    for verdict in judged:
        print(verdict)
    print(f"{sum(verdict.is_met for verdict in judged)} of {len(judged)} goals met")
    for text in comparison.complaints:
        print(f"not measured: {text}")
    if disturbed := sum(figure.is_disturbed for figure in figures):
        most = max(figure.foreign_cores for figure in figures)
        print(f"~ disturbed, {disturbed} of {len(figures)} figures: other processes took more than {DISTURBED_CORES} cores, up to {most}")
    write(comparison, options)
    return bool(judged) and all(verdict.is_met for verdict in judged) and not comparison.complaints


def write(comparison: BrokerComparison, options: argparse.Namespace) -> None:
    """Writes what there is, if a file is asked for."""
    if not options.json:
        return
    figures, ours = list(comparison.figures.values()), list(comparison.ours.values())
    content = {
        "version": 1,
        "versions": versions(options.tools, options.ketwork),
        "trials": [asdict(trial) for trial in comparison.trials],
        "ketwork": [asdict(figure) for figure in ours],
        **broker_figures.as_json(figures, broker_figures.verdicts(figures)),
    }
    options.json.write_text(json.dumps(content, indent=1) + "\n")


def main() -> int:
    """Measures, and judges."""
    options = parse_options()
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended; what was started has been ended too"))
    missing = {peer: why for peer in options.tools if (why := lacking(peer))}
    options.tools = [peer for peer in options.tools if peer not in missing]
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="ketwork-broker-") as folder:
        if (kind := file_system(Path(folder))) in SMALL_FILE_SYSTEMS:
            sys.exit(f"{options.folder} is a {kind}, where flushing to disk costs nothing; --folder takes another one")
        comparison = BrokerComparison(options, Path(folder))
        comparison.complaints += [f"{peer}: {why}" for peer, why in missing.items()]
        try:
            comparison.run()
        except Failed as failure:
            sys.exit(str(failure))
        finally:
            end_descendants()
        return 0 if report(comparison, options) else 1


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ketwork", type=Path, default=KETWORK, help="the binary (%(default)s)")
    add("--tools", nargs="+", choices=PEERS, default=list(PEERS))
    add("--bodies", nargs="+", choices=["simulate", "nothing"], default=["simulate", "nothing"], help="what tasks do")
    add("--repetitions", type=int, help="of everything (5; 1 with --quick)")
    add("--quick", action="store_true", help="one short run of everything at its first setting")
    add("--folder", type=Path, default=Path("/var/tmp"), help="where data lies meanwhile, on a disk (%(default)s)")
    add("--patience", type=float, default=0, metavar="SECONDS", help="wait so long for other processes before each turn")
    add("--json", type=Path, help="write every figure and every trial")
    options = parser.parse_args()
    options.repetitions = options.repetitions or (1 if options.quick else 5)
    return options


if __name__ == "__main__":
    sys.exit(main())
