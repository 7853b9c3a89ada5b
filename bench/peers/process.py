"""The two sides of a comparison as processes: a peer behind `worker.py`, and the ketwork binary."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KETWORK = Path(__file__).resolve().parents[2] / ".build/release/ketwork"
WORKER = Path(__file__).with_name("worker.py")
BATCH_WORKER = Path(__file__).with_name("batch_worker.py")
START_SECONDS = 300  # to import everything and compile what is compiled once


class Failed(Exception):
    """A peer gave an error, died, or did not end in time; the text says which."""


class PeerProcess:
    """A peer that answers one request at a time; started by the first, and again after it died."""

    def __init__(self, peer: str, precision: str, threads: int, worker: Path = WORKER) -> None:
        self.command = [sys.executable, "-B", str(worker), peer, precision, str(threads)]
        self.process: subprocess.Popen | None = None
        self.unread = b""

    def ask(self, request: dict, seconds: float) -> dict:
        """The answer to a request, which has to come within a time."""
        self.start()
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.receive(seconds)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def start(self) -> None:
        """Starts the process unless it runs, and waits until it is ready."""
        if self.process is not None:
            return
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, bufsize=0, start_new_session=True
        )
        self.unread = b""
        self.receive(START_SECONDS)

    def receive(self, seconds: float) -> dict:
        end = time.monotonic() + seconds
        output = self.process.stdout.fileno()
        while b"\n" not in self.unread:
            left = end - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                self.close()
                raise Failed(f"no answer within {seconds:.0f} s")
            read = os.read(output, 1 << 20)
            if not read:
                raise Failed(self.obituary())
            self.unread += read
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line)

    def obituary(self) -> str:
        self.log.seek(0)
        last = self.log.read().decode(errors="replace").strip().splitlines()[-1:]
        self.close()
        return f"the process ended: {last[0] if last else 'without a word'}"

    def close(self) -> None:
        """Ends the process and those that it started, and gives back what they hold."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            self.process = None


class Ketwork:
    """The ketwork binary on the CPU."""

    def __init__(self, binary: Path, precision: str, threads: int) -> None:
        self.binary, self.precision = binary, precision
        self.environment = dict(os.environ, KETWORK_THREADS=str(threads))

    def run(self, *arguments) -> str:
        return self.call(*arguments, "--device", "cpu", "--precision", self.precision)

    def call(self, *arguments) -> str:
        """What a command prints that runs nothing, and so takes no device."""
        command = [str(self.binary), *map(str, arguments)]
        try:
            process = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        except OSError as error:
            raise Failed(f"{self.binary}: {error.strerror}") from error
        if process.returncode:
            raise Failed(f"{' '.join(command)}: {process.stderr.strip()}")
        return process.stdout

    def figures(self, circuit: Path, repetitions: int, *readings) -> tuple[str, dict[str, dict]]:
        """The processor and what `ketwork bench circuits` measures, by kind of work."""
        report = json.loads(self.run("bench", "circuits", circuit, "--repetitions", repetitions, "--json", *readings))
        device = report["devices"][0]
        return device["name"], {figure["work"]: figure for figure in device["circuits"][0]["figures"]}
