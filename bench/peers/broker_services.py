"""The processes that a peer of `broker.py` consists of: started with a log each, waited for until they serve, ended by their ids."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

READY_SECONDS = 60
END_SECONDS = 5  # to end when asked to; then it is killed
HOST = "127.0.0.1"
MODULES = Path(__file__).parent
SCRIPTS = Path(sys.executable).parent
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


class Services:
    """What was started, in that order."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, []
        adopt_orphans()

    def start(self, name: str, *command, environment: dict[str, str] | None = None) -> subprocess.Popen:
        """Starts a program in the temporary folder; the peer's Python finds the modules of this one."""
        with self.log(name).open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=dict(os.environ, PYTHONPATH=str(MODULES), PYTHONDONTWRITEBYTECODE="1", **(environment or {})),
            )  # fmt: skip
        self.started.append(process)
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def wait(self, name: str, process: subprocess.Popen, is_ready: Callable[[], bool]) -> None:
        """Waits until something serves; says why it does not."""
        end = time.monotonic() + READY_SECONDS
        while not is_ready():
            if process.poll() is not None or time.monotonic() > end:
                last = self.log(name).read_text(errors="replace").strip().splitlines()[-1:]
                raise RuntimeError(f"{name} does not serve: {last[0] if last else 'it says nothing'}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends all, the last one first, and whatever they left."""
        for process in reversed(self.started):
            end(process)
        self.started = []
        end_descendants()


def adopt_orphans() -> None:
    """From now on what a child starts and leaves becomes a child of this process, which can find and end it."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """From now on SIGTERM ends this process in order, and comes when its parent ends, however that does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def end_descendants() -> None:
    """Kills, by their ids, all that this process has started and all that these have."""
    for child in descendants(os.getpid()):
        kill(child)


def end(process: subprocess.Popen) -> None:
    """Asks a process to end, and kills it if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kill(process: int) -> None:
    """Kills a process by its id, and takes its leave if it is a child."""
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it has ended, or another one is its parent


def descendants(process: int) -> list[int]:
    """The living children of a process and theirs, the deepest first."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:  # the thread has ended
            continue
        for child in children:
            found += [*descendants(child), child]
    return found


def free_port() -> int:
    """A port that the system chooses, for services that cannot ask for one themselves."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def accepts(port: int) -> bool:
    """Whether someone listens."""
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True
