"""A client of beanstalkd, and the worker that `broker.py` starts: tasks come from one tube, results go to another."""

from __future__ import annotations

import pickle
import socket
import sys

HOST = "127.0.0.1"
PENDING = 2**16  # bytes asked for at once
TIME_TO_RUN = 600
TASKS, RESULTS = "tasks", "results"


class Beanstalkd:
    """A connection. Commands may be sent before the answers to earlier ones are there; answers come in the same order."""

    def __init__(self, port: int, put: str, take: str, seconds: float) -> None:
        self.socket = socket.create_connection((HOST, port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""
        self.send(b"use %b\r\nwatch %b\r\nignore default\r\n" % (put.encode(), take.encode()))
        for expected in ("USING", "WATCHING", "WATCHING"):
            self.expect(expected)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> list[str]:
        while b"\r\n" not in self.unread:
            self.receive()
        line, self.unread = self.unread.split(b"\r\n", 1)
        return line.decode().split()

    def expect(self, *words: str) -> list[str]:
        """The next answer, which has to begin with one of these words."""
        line = self.line()
        if line[0] not in words:
            raise RuntimeError(f"beanstalkd answered {' '.join(line)}, not {' or '.join(words)}")
        return line

    def reserved(self, line: list[str]) -> tuple[bytes, object]:
        """The number of a job and what it holds, after the line that announces it."""
        size = int(line[2])
        while len(self.unread) < size + 2:
            self.receive()
        body, self.unread = self.unread[:size], self.unread[size + 2 :]
        return line[1].encode(), pickle.loads(body)

    def receive(self) -> None:
        data = self.socket.recv(PENDING)
        if not data:
            raise RuntimeError("beanstalkd has closed the connection")
        self.unread += data


def put(content) -> bytes:
    """The command that adds a job."""
    body = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    return b"put 0 0 %d %d\r\n%b\r\n" % (TIME_TO_RUN, len(body), body)


def work(port: int) -> None:
    """Runs tasks, one after the other. The next is asked for before one runs; a result is put before its task is deleted."""
    from broker_tasks import BODIES

    connection = Beanstalkd(port, RESULTS, TASKS, seconds=None)
    held = None
    while True:
        if held is None:
            connection.send(b"reserve\r\n")  # waits
            held = connection.reserved(connection.expect("RESERVED"))
        number, (key, body, angles) = held
        connection.send(b"reserve-with-timeout 0\r\n")  # does not wait, so that the result does not either
        connection.send(put((key, BODIES[body](angles))) + b"delete %b\r\n" % number)
        line = connection.expect("RESERVED", "TIMED_OUT")
        held = connection.reserved(line) if line[0] == "RESERVED" else None
        connection.expect("INSERTED")
        connection.expect("DELETED")


if __name__ == "__main__":
    work(int(sys.argv[1]))
