"""How often a run is timed, and what else the machine did meanwhile."""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

SHORT_SECONDS = 0.5  # short runs are repeated for as long, so that a hiccup of the machine does not decide
SHORT_REPETITIONS = 25
QUIET_SECONDS = 0.5
DISTURBED_CORES = 0.3  # of other processes, beyond which a figure is not to be trusted
TICKS = os.sysconf("SC_CLK_TCK")  # a second


def sampled(measure: Callable[[], float], repetitions: int, limit: float) -> dict:
    """One run that is not counted, then as many as the limit allows; a first run that takes all of it counts alone, as cold.

    The limit is for whole runs, of which only a part may be timed.
    """
    gc.collect()
    start = time.monotonic()
    with ForeignLoad() as load:
        first = measure()
    whole = time.monotonic() - start
    if whole > limit:
        return {"seconds": [first], "is_cold": True, "foreign_cores": load.cores}
    seconds = []
    with ForeignLoad() as load:
        for _ in range(sample_count(whole, repetitions, limit)):
            seconds.append(measure())
    return {"seconds": seconds, "is_cold": False, "foreign_cores": load.cores}


def sample_count(run_seconds: float, repetitions: int, limit: float) -> int:
    """How many runs count: what was asked for, more of short ones, fewer where the limit leaves time for fewer."""
    wanted = max(repetitions, min(SHORT_REPETITIONS, int(SHORT_SECONDS / max(run_seconds, 1e-9))))
    return max(1, min(wanted, int((limit - run_seconds) / max(run_seconds, 1e-9))))


def timed(body: Callable):
    """Seconds, and what the body gave."""
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


class ForeignLoad:
    """How many cores other processes keep busy meanwhile; this one's children are no others, be they alive or ended."""

    def __enter__(self) -> ForeignLoad:
        self.start = self.now()
        return self

    def __exit__(self, *_) -> None:
        elapsed, busy, own = (end - start for start, end in zip(self.start, self.now()))
        self.cores = round(max(0.0, (busy - own) / max(elapsed, 0.01)), 2)

    @staticmethod
    def now() -> tuple[float, float, float]:
        """The clock, all processes' time on all cores without idling, and this one's own, in seconds."""
        with open("/proc/stat") as file:
            ticks = [int(field) for field in file.readline().split()[1:9]]
        busy = (sum(ticks) - ticks[3] - ticks[4]) / TICKS
        own = sum(os.times()[:4]) + sum(seconds_of(child.pid) for child in multiprocessing.active_children())
        return time.monotonic(), busy, own


def wait_for_quiet(patience: float) -> None:
    """Waits for other processes to be quiet, as long as patience lasts."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with ForeignLoad() as load:
            time.sleep(QUIET_SECONDS)
        if load.cores <= DISTURBED_CORES:
            return


def seconds_of(process: int) -> float:
    """The time that a living process has had on all cores."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
    return (int(fields[11]) + int(fields[12])) / TICKS


def bound_processor_seconds(seconds: float) -> None:
    """Ends this process when all its threads together have had so much more time: unlike a clock, this goes on only while they run."""
    had = sum(os.times()[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(had + seconds), hard))
