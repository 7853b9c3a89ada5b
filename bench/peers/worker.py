"""One peer in a process of its own, which `compare.py` starts: requests come in as lines of JSON, answers go out as such."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import warnings
from pathlib import Path

THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "QULACS_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS",
)  # fmt: skip
SHORT_SECONDS = 0.5  # short runs are repeated for as long, so that a hiccup of the machine does not decide
SHORT_REPETITIONS = 25


def main() -> None:
    """Answers requests until there are none."""
    peer_name, precision, threads = sys.argv[1], sys.argv[2], sys.argv[3]
    for variable in THREAD_VARIABLES:  # read when the libraries are loaded
        os.environ[variable] = threads
    os.environ.setdefault("OMP_PROC_BIND", "false")
    os.environ.setdefault("QIBO_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what peers print is no answer

    from adapters import PEERS

    peer = PEERS[peer_name](precision, int(threads))
    peer.warm_up()
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        try:
            answer = answered(peer, json.loads(line))
        except Exception as error:  # whatever a peer raises is its answer, and the next request may well succeed
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        print(json.dumps(answer), file=answers)


def answered(peer, request: dict) -> dict:
    """Does what a request asks for."""
    import numpy as np

    import circuits

    peer.load(circuits.read(Path(request["circuit"])), request["setting"])
    if request["work"] == "check":
        np.save(request["output"], peer.state())
        return check_readings(peer, request)
    measure = {
        "evolution": lambda: peer.evolve(),
        "sampling": lambda: peer.sample(request["shots"])[0],
        "paulis": lambda: peer.expectations()[0],
    }[request["work"]]
    if request["work"] == "paulis":
        peer.load_paulis(request["paulis"])
    if request["work"] != "evolution":
        peer.evolve()
    return sampled(measure, request["repetitions"], request["seconds"])


def sampled(measure, repetitions: int, limit: float) -> dict:
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


class ForeignLoad:
    """How many cores other processes keep busy meanwhile; children that have ended are no others."""

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
        busy = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
        return time.monotonic(), busy, sum(os.times()[:4])


def check_readings(peer, request: dict) -> dict:
    """What the peer reads off the state, where it can."""
    answer = {}
    if "sampling" in peer.works:
        answer["samples"] = [int(state) for state in peer.sample(request["shots"])[1]]
    if "paulis" in peer.works:
        peer.load_paulis(request["paulis"])
        answer["expectations"] = [float(value) for value in peer.expectations()[1]]
    return answer


if __name__ == "__main__":
    main()
