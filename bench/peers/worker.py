"""One peer in a process of its own, which `compare.py` starts: requests come in as lines of JSON, answers go out as such."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "QULACS_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS",
)  # fmt: skip


def main() -> None:
    """Answers requests until there are none."""
    peer_name, precision, threads = sys.argv[1:4]
    answers = prepare(threads)

    from adapters import PEERS

    peer = PEERS[peer_name](precision, int(threads))
    peer.warm_up()
    serve(lambda request: answered(peer, request), answers)


def prepare(threads: str):
    """Sets what libraries read when they are loaded; gives the file for answers."""
    limit_threads(threads)
    os.environ.setdefault("OMP_PROC_BIND", "false")
    os.environ.setdefault("QIBO_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what peers print is no answer
    return answers


def limit_threads(threads: str) -> None:
    """How many threads libraries use that are loaded from here on."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = threads


def serve(answer: Callable[[dict], dict], answers) -> None:
    """Says that it is ready, then answers each request."""
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        try:
            answered = answer(json.loads(line))
        except Exception as error:  # whatever a peer raises is its answer, and the next request may well succeed
            answered = {"error": describe(error)}
        print(json.dumps(answered), file=answers)


def describe(error: Exception) -> str:
    """Its type and its text, on one line and not too long."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def answered(peer, request: dict) -> dict:
    """Does what a request asks for."""
    import numpy as np

    import circuits
    from timing import sampled

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
