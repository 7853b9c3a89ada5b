"""The client of one peer of `broker.py`, in a process of its own, which starts the peer's other processes and ends them."""

from __future__ import annotations

import gc
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from worker import prepare, serve

WARM_UP_SHARE = 0.2  # of the time that counts, before it


def main() -> None:
    """Answers requests until there are none."""
    name, service, folder = sys.argv[1:4]
    answers = prepare("1")

    from broker_adapters import PEERS
    from broker_services import Services, end_with_parent

    end_with_parent()
    processes = Services(Path(folder))
    try:
        peer = PEERS[name](processes, service)
        serve(BrokerClient(peer).answer, answers)
        peer.close()
    finally:
        processes.stop()


class BrokerClient:
    """What the driver asks for."""

    def __init__(self, peer) -> None:
        self.peer = peer
        self.numbers = itertools.count()

    def answer(self, request: dict) -> dict:
        """Does what a request asks for."""
        self.peer.way = request["way"]
        if request["do"] == "lone":
            return {"seconds": self.lone(request["body"], request["count"])}
        self.stream(request, WARM_UP_SHARE * request["seconds"])
        gc.collect()
        return self.stream(request, request["seconds"])

    def stream(self, request: dict, seconds: float) -> dict:
        """Runs tasks for some time, and all that were sent to their end."""
        start = time.monotonic()
        tasks = self.tasks(request["circuits"], start + seconds)
        done = self.peer.stream(request["body"], tasks, request["window"])
        return {"tasks": done, "seconds": time.monotonic() - start}

    def tasks(self, circuits: int, end: float) -> Iterator:
        """The angles of tasks, at least of one."""
        from broker_tasks import angles_of

        for number in self.numbers:
            yield angles_of(number * circuits, circuits)
            if time.monotonic() > end:
                return

    def lone(self, body: str, count: int) -> list[float]:
        """Seconds from submission to result of single circuits, one after the other."""
        from broker_tasks import angles_of

        seconds = []
        for number in itertools.islice(self.numbers, count):
            start = time.perf_counter()
            self.peer.stream(body, iter([angles_of(number, 1)]), 1)
            seconds.append(time.perf_counter() - start)
        return seconds


if __name__ == "__main__":
    main()
