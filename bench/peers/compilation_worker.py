"""One peer of `compilation.py` in a process of its own: each request names a circuit, a coupling map and a basis."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from worker import prepare, serve

BASIS = ["cz", "rz", "sx", "x"]
LINE = {"qubits": 4, "edges": [[0, 1], [1, 2], [2, 3]]}


def main() -> None:
    """Answers requests until there are none."""
    peer_name, _, threads = sys.argv[1:4]
    answers = prepare(threads)

    import compilation_adapters

    peer = compilation_adapters.PEERS[peer_name]()
    peer.load(compilation_adapters.WARM_UP, LINE, BASIS, 0)  # and with it whatever is loaded by the first use
    peer.compile()
    peer.result()
    serve(lambda request: answered(peer, request, int(threads)), answers)


def answered(peer, request: dict, threads: int) -> dict:
    """Compiles so often, or as often as the limit allows; writes the circuit, and gives the seconds and the layouts."""
    from timing import ForeignLoad, bound_processor_seconds, timed

    peer.load(Path(request["circuit"]).read_text(), request["coupling"], request["basis"], request["seed"])
    bound_processor_seconds(request["seconds"] * threads)
    seconds, processor_seconds = [], []
    with ForeignLoad() as load:
        while len(seconds) < request["repetitions"] and sum(seconds) + max(seconds, default=0) < request["seconds"]:
            start = time.process_time()
            seconds.append(timed(peer.compile)[0])
            processor_seconds.append(time.process_time() - start)
    bound_processor_seconds(request["seconds"] * threads)  # to write
    result = peer.result()
    Path(request["output"]).write_text(result.pop("qasm"))
    return result | {
        "seconds": statistics.median(seconds),
        "processor_seconds": statistics.median(processor_seconds),
        "foreign_cores": load.cores,
    }


if __name__ == "__main__":
    main()
