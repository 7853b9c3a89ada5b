"""Everything that compiles, asked in one way: the peers behind `compilation_worker.py`, and the ketwork binary."""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import compilation_adapters
from compilation_maps import CouplingMap
from process import Failed, PeerProcess
from timing import ForeignLoad, bound_processor_seconds

OURS = "ketwork"
COMPILATION_WORKER = Path(__file__).with_name("compilation_worker.py")
PATIENCE = 60  # as many times the limit, and a minute, is waited for a process that is paused from outside or does nothing


@dataclasses.dataclass(frozen=True)
class Task:
    """What is compiled, for what, and how often."""

    circuit: Path
    coupling: CouplingMap
    basis: list[str]
    seed: int = 1
    repetitions: int = 1
    seconds: float = 60  # of one thread, that all repetitions may take


class TooLong(Failed):
    """The limit was reached."""


class PeerTool:
    """A peer in a process of its own."""

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.version = name, compilation_adapters.version(name)
        self.process = PeerProcess(name, "double", threads, COMPILATION_WORKER)

    def compile(self, task: Task, output: Path) -> dict:
        """Writes the compiled circuit; gives its layouts, and the median seconds by the clock and of the processor."""
        request = {
            "circuit": str(task.circuit),
            "coupling": json.loads(task.coupling.json),
            "basis": task.basis,
            "seed": task.seed,
            "repetitions": task.repetitions,
            "seconds": task.seconds,
            "output": str(output),
        }
        self.process.start()
        start = time.monotonic()
        try:
            return self.process.ask(request, task.seconds * PATIENCE + 60)
        except Failed as error:
            self.process.close()
            if time.monotonic() - start >= task.seconds:
                raise TooLong(f"longer than {task.seconds:g} s") from error
            raise

    def close(self) -> None:
        self.process.close()


class KetworkTool:
    """`ketwork transpile`, a process a circuit."""

    name = OURS

    def __init__(self, binary: Path, threads: int) -> None:
        self.binary, self.threads = binary, threads
        self.environment = dict(os.environ, KETWORK_THREADS=str(threads))
        self.version = ""  # of a binary that changes: its figures are never kept

    def compile(self, task: Task, output: Path) -> dict:
        """As a peer does; the seconds are those that it reports, and the process's own stand beside them."""
        reports, process_seconds, processor_seconds = [], [], []
        with tempfile.TemporaryDirectory() as folder, ForeignLoad() as load:
            command = self.command(task, task.coupling.write(Path(folder)), output)
            while len(reports) < task.repetitions and sum(process_seconds) + max(process_seconds, default=0) < task.seconds:
                start, had = time.perf_counter(), children_seconds()
                reports.append(self.report(command, task.seconds))
                process_seconds.append(time.perf_counter() - start)
                processor_seconds.append(children_seconds() - had)
        return {
            "initial_layout": reports[-1]["initial_layout"],
            "final_layout": reports[-1]["final_layout"],
            "reported": {name: reports[-1][name] for name in ("two_qubit_gates", "depth") if name in reports[-1]},
            "seconds": statistics.median(report["seconds"] for report in reports),
            "process_seconds": statistics.median(process_seconds),
            "processor_seconds": statistics.median(processor_seconds),
            "foreign_cores": load.cores,
        }

    def command(self, task: Task, coupling: Path, output: Path) -> list[str]:
        files = [str(task.circuit), "--coupling", str(coupling), "--output", str(output)]
        return [str(self.binary), "transpile", *files, "--basis", ",".join(task.basis), "--openqasm", "2.0", "--json"]

    def report(self, command: list[str], seconds: float) -> dict:
        """What one process prints."""
        start = time.monotonic()
        try:
            process = subprocess.run(
                command,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=seconds * PATIENCE + 60,
                preexec_fn=lambda: bound_processor_seconds(seconds * self.threads),
            )
        except OSError as error:
            raise Failed(f"{error.strerror}: {self.binary}") from error
        except subprocess.TimeoutExpired as error:
            raise TooLong(f"longer than {seconds:g} s") from error
        if process.returncode < 0 and time.monotonic() - start >= seconds:
            raise TooLong(f"longer than {seconds:g} s")
        if process.returncode:
            lines = process.stderr.strip().splitlines() or ["without a word"]
            raise Failed(f"ended with {process.returncode}: {lines[0]}")
        found = json.loads(process.stdout)
        return found[0] if isinstance(found, list) else found

    def close(self) -> None:
        """Nothing is left running."""


def children_seconds() -> float:
    """The processor time of all processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tool(name: str, ketwork: Path, threads: int) -> PeerTool | KetworkTool:
    """The one of this name."""
    return KetworkTool(ketwork, threads) if name == OURS else PeerTool(name, threads)


TOOLS = (OURS, *compilation_adapters.PEERS)
