"""Processes among which the rows of a batch are split, for peers that take one circuit after the other."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

from worker import describe, limit_threads


class Pool:
    """So many processes, each with a peer of its own on one thread.

    They are forked before a library of the peer is loaded: such libraries read the number of their threads once, and threads do not
    outlive a fork. Each makes its peer when it is first asked for something.
    """

    def __init__(self, count: int, make: Callable[[], object]) -> None:
        context = multiprocessing.get_context("fork")
        self.least_rows = count
        self.connections = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            context.Process(target=serve_part, args=(theirs, make), daemon=True).start()
            theirs.close()
            self.connections.append(ours)

    def load(self, *arguments) -> None:
        """Hands all of them a template."""
        for connection in self.connections:
            connection.send(("load", arguments))
        received(self.connections)

    def run(self, rows):
        """Splits rows evenly; gives the results in the order of the rows."""
        import numpy as np

        parts = [part for part in np.array_split(rows, len(self.connections)) if len(part)]
        busy = self.connections[: len(parts)]
        for connection, part in zip(busy, parts):
            connection.send(("run", (part,)))
        return np.concatenate(received(busy))


def received(connections: list) -> list:
    """The answers of all, so that none is left for the next request; raises the first error among them."""
    answers = [connection.recv() for connection in connections]
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def serve_part(connection, make: Callable[[], object]) -> None:
    """Does what is asked for until the other side is gone."""
    limit_threads("1")
    peer = None
    while True:
        try:
            name, arguments = connection.recv()
        except EOFError:
            return
        try:
            peer = peer or make()
            connection.send(getattr(peer, name)(*arguments))
        except Exception as error:  # whatever a peer raises is its answer
            connection.send(RuntimeError(describe(error)))
