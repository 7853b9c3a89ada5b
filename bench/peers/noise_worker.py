"""One peer of `noise.py` in a process of its own. A circuit is loaded and run once by one request, and timed by the next."""

from __future__ import annotations

import sys

from worker import prepare, serve

PROBE_SECONDS = 0.2  # a run of so long says how long one of all shots or rows will take
LEAST_AMOUNT = 10
RUNS_WITHIN_LIMIT = 3  # a run that is not counted among them


def main() -> None:
    """Answers requests until there are none."""
    peer_name, precision, threads = sys.argv[1:4]
    answers = prepare(threads)

    from noise_adapters import PEERS

    job = Job(PEERS[peer_name](precision, int(threads)))
    serve(job.answer, answers)


class Job:
    """What was loaded last."""

    def __init__(self, peer) -> None:
        self.peer = peer

    def answer(self, request: dict) -> dict:
        """Does what a request asks for."""
        return self.check(request) if request["do"] == "check" else self.time(request)

    def check(self, request: dict) -> dict:
        """Loads a circuit, and writes what came of so many shots or rows."""
        import numpy as np

        import templates

        template = templates.build(request["ansatz"], request["layers"], request["qubits"])
        self.work = request["work"]
        rows = template.rows(request["rows"] if self.work == "noisy-values" else 1)
        self.peer.load(template, rows, self.work, request["setting"], request["rate"])
        np.save(request["output"], self.peer.read(self.peer.run(request["checked"])))
        return {}

    def time(self, request: dict) -> dict:
        """Times as many shots or rows as the limit allows; a density matrix runs once for all."""
        from timing import sampled, timed

        amount = request["amount"] if self.work == "density" else self.amount(request["amount"], request["seconds"])
        answer = sampled(lambda: timed(lambda: self.peer.run(amount))[0], request["repetitions"], request["seconds"])
        return answer | {"timed": amount}

    def amount(self, wanted: int, limit: float) -> int:
        """All, or as many as leave time for a few runs."""
        from timing import timed

        count = min(LEAST_AMOUNT, wanted)
        while (seconds := timed(lambda: self.peer.run(count))[0]) < min(PROBE_SECONDS, limit / RUNS_WITHIN_LIMIT) and count < wanted:
            count = min(4 * count, wanted)
        return min(wanted, max(1, int(count * limit / RUNS_WITHIN_LIMIT / seconds)))


if __name__ == "__main__":
    main()
