"""Processes among which the rows of a batch are split, for peers that take one circuit after the other."""

from __future__ import annotations

import multiprocessing
import sys
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
        exchanged(self.connections, [("load", arguments)] * len(self.connections))

    def run(self, rows):
        """Splits rows evenly; gives the results in the order of the rows."""
        import numpy as np

        parts = [part for part in np.array_split(rows, len(self.connections)) if len(part)]
        return np.concatenate(exchanged(self.connections, [("run", (part,)) for part in parts]))


def exchanged(connections: list, requests: list[tuple]) -> list:
    """Sends as many requests as there are; gives the answers of all of them, or raises the first error among them.

    Where a process has died, this one ends as well: whoever asked starts it anew, with all its processes.
    """
    try:
        for connection, request in zip(connections, requests):
            connection.send(request)
        answers = [connection.recv() for connection, _ in zip(connections, requests)]
    except (EOFError, OSError):
        sys.exit("one of the processes among which the rows are split ended")
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
