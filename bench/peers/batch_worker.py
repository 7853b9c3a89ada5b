"""One peer of `batches.py` in a process of its own; as `worker.py`, with a pool beside it for the settings that split the rows.

A batch is loaded and checked by one request, and timed by the next.
"""

from __future__ import annotations

import sys

from pool import Pool
from worker import prepare, serve

PROBE_SECONDS = 0.2  # a run of so long says how long one of all rows will take
RUNS_WITHIN_LIMIT = 4  # a run that is not counted among them
ORDER_ERROR = 1e-3  # between one row's results alone and among others; a row in another's place is further off


def main() -> None:
    """Answers requests until there are none."""
    peer_name, precision, threads = sys.argv[1:4]
    answers = prepare(threads)

    def make(thread_count: int):
        from batch_adapters import PEERS

        return PEERS[peer_name](precision, thread_count)

    pool = Pool(int(threads), lambda: make(1))  # before anything else is loaded
    batch = Batch(make(int(threads)), pool)
    serve(batch.answer, answers)


class Batch:
    """The batch that was loaded last."""

    def __init__(self, peer, pool: Pool) -> None:
        self.peer, self.pool = peer, pool

    def answer(self, request: dict) -> dict:
        """Does what a request asks for."""
        return self.check(request) if request["do"] == "check" else self.time(request)

    def check(self, request: dict) -> dict:
        """Loads a batch, and writes the results of its first rows."""
        import numpy as np

        import templates
        from batch_adapters import SPLIT

        template = templates.build(request["ansatz"], request["layers"], request["qubits"])
        self.work, self.rows = request["work"], template.rows(request["rows"])
        setting = request["setting"]
        self.runner = self.pool if setting.endswith(SPLIT) else self.peer
        self.runner.load(template, self.work, setting.removesuffix(SPLIT), request["shots"], len(self.rows))
        np.save(request["output"], self.runner.run(self.rows[: request["checked_rows"]]))
        return {}

    def time(self, request: dict) -> dict:
        """Times as many of the first rows as the limit allows; the seconds are theirs."""
        from timing import sampled, timed

        rows = self.rows[: self.row_count(request["seconds"])]
        results = None

        def measure() -> float:
            nonlocal results
            seconds, results = timed(lambda: self.runner.run(rows))
            return seconds

        answer = sampled(measure, request["repetitions"], request["seconds"])
        self.check_order(rows, results)
        return answer | {"timed_rows": len(rows)}

    def row_count(self, limit: float) -> int:
        """All rows, or as many as leave time for a few runs."""
        count = min(self.runner.least_rows, len(self.rows))
        while (seconds := self.probe(count)) < min(PROBE_SECONDS, limit / RUNS_WITHIN_LIMIT) and count < len(self.rows):
            count = min(4 * count, len(self.rows))
        affordable = int(count * limit / RUNS_WITHIN_LIMIT / seconds)
        return min(len(self.rows), max(self.runner.least_rows, affordable))

    def probe(self, count: int) -> float:
        """The seconds of so many rows."""
        from timing import timed

        return timed(lambda: self.runner.run(self.rows[:count]))[0]

    def check_order(self, rows, results) -> None:
        """The first rows were checked before; the last of all is held against a run of its own."""
        import numpy as np

        if len(results) != len(rows):
            raise ValueError(f"{len(results)} results of {len(rows)} rows")
        if self.work == "samples":
            return
        error = np.abs(self.runner.run(rows[-1:])[0] - results[-1]).max()
        if not error <= ORDER_ERROR:  # nor if it is not a number
            raise ValueError(f"row {len(rows) - 1} is off by {error:.2g} from a run of its own")


if __name__ == "__main__":
    main()
