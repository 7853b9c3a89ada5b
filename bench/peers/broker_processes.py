"""The two sides of `broker.py` as its driver sees them: a peer's client, and `ketwork bench broker`."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from broker_services import descendants, end, end_descendants
from broker_tasks import QUBITS, TEMPLATE, TOLERANCE
from process import Failed, PeerProcess
from timing import TICKS, ForeignLoad

CLIENT = Path(__file__).with_name("broker_client.py")
CLOSE_SECONDS = 30
ANSWER_SECONDS = 120  # for any request; a stream takes its time and that of the tasks then under way
KETWORK_SECONDS = 300
CHECKED_ANGLE = 0.3


class ClientProcess(PeerProcess):
    """A peer's client, which has started the peer's broker and worker in a folder of their own."""

    def __init__(self, peer: str, service: str, parent: Path) -> None:
        super().__init__(peer, "", 1, CLIENT)
        self.folder = tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True)
        self.command = [sys.executable, "-B", str(CLIENT), peer, service, self.folder.name]

    def __enter__(self) -> ClientProcess:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.close()
        self.folder.cleanup()

    def close(self) -> None:
        """Lets the client end its peer, and kills by their ids what is left after a while."""
        if self.process is not None:
            self.process.stdin.close()
            try:
                self.process.wait(CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                end(self.process)
            self.process.stdout.close()
            self.process = None
            end_descendants()  # of the driver; nothing else runs at a time


class KetworkBroker:
    """`ketwork bench broker`, which starts a broker and a worker in processes of their own."""

    def __init__(self, binary: Path, parent: Path) -> None:
        self.binary, self.parent = binary, parent

    def stream(self, rows: int, circuits: int, in_flight: int, is_durable: bool) -> float:
        """Circuits a second in jobs of so many rows."""
        options = ["--rows", rows, "--circuits", circuits, "--in-flight", in_flight, "--lone", 0]
        return self.report(options, is_durable)["streams"][0]["circuits_per_second"]

    def lone(self, count: int, is_durable: bool) -> dict:
        """The latency of lone jobs of one circuit, in seconds."""
        return self.report(["--circuits", 0, "--lone", count], is_durable)["latency"]

    def report(self, options: list, is_durable: bool) -> dict:
        with tempfile.TemporaryDirectory(dir=self.parent) as folder:
            store = ["--store", f"{folder}/jobs.sqlite"] if is_durable else []
            report = json.loads(self.run("bench", "broker", *options, *store, "--json"))
        if report["version"] != 1 or report["is_durable"] != is_durable or report["workers"] != 1:
            raise Failed(f"{self.binary} bench broker: a report of another kind")
        return report

    def check(self) -> None:
        """Holds the value of one circuit against the exact one; that a job's results are all there, the benchmark checks itself."""
        with tempfile.TemporaryDirectory(dir=self.parent) as folder:
            path = Path(folder, "template.qasm")
            path.write_text(TEMPLATE + "\n")
            options = ["--parameter", f"t={CHECKED_ANGLE}", "--observable", "Z" * QUBITS, "--precision", "double", "--json"]
            value = json.loads(self.run("run", path, "--device", "cpu", *options))[0]["expectations"][0]["value"]
        if abs(value - math.cos(CHECKED_ANGLE) ** 2) > TOLERANCE:
            raise Failed(f"{self.binary}: ⟨{'Z' * QUBITS}⟩ is {value}, exactly {math.cos(CHECKED_ANGLE) ** 2}")

    def run(self, *arguments) -> str:
        command = [str(self.binary), *map(str, arguments)]
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        except OSError as error:
            raise Failed(f"{self.binary}: {error.strerror}") from error
        try:
            output, complaint = process.communicate(timeout=KETWORK_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{' '.join(command)}: no end within {KETWORK_SECONDS} s") from error
        finally:
            end_descendants()
        if process.returncode:
            raise Failed(f"{' '.join(command)}: {complaint.strip()}")
        return output


class DescendantLoad(ForeignLoad):
    """How many cores other processes keep busy meanwhile, where this one's children start processes themselves."""

    @staticmethod
    def now() -> tuple[float, float, float]:
        elapsed, busy, _ = ForeignLoad.now()
        return elapsed, busy, sum(os.times()[:4]) + sum(map(seconds_with_ended_children, descendants(os.getpid())))


def seconds_with_ended_children(process: int) -> float:
    """The time that a process has had on all cores, with that of its children that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
