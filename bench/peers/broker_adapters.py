"""How `broker.py` calls each peer: one broker or scheduler, one worker process with one thread, and this process as the client.

A task holds the angles of its circuits: a number if it is one circuit, else an array; its result is a number or an array. `services` are
the settings of the processes that are tried, `ways` those of the client, `windows` how many tasks may be under way at a time, by the
circuits of a task.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import broker_beanstalkd
from broker_services import HOST, SCRIPTS, Services, accepts, free_port
from broker_tasks import BODIES, is_right

TASK_SECONDS = 60  # for one result
LEAN_DASK = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "inf",
}


class Peer:
    """A peer whose tasks give something to wait for. One worker does them in order, so the client waits for the oldest."""

    survives = ""  # what befalls what was acknowledged, says the peer's documentation
    packages: tuple[str, ...] = ()  # whose versions are printed
    program = ""  # of Debian, that has to be there
    is_judged = True
    services: tuple[str, ...] = ("default",)
    ways: tuple[str, ...] = ("default",)
    windows: dict[int, tuple[int, ...]] = {1: (64, 256, 1024), 64: (4, 16, 64, 256), 4096: (2, 8, 32)}

    def __init__(self, processes: Services, service: str) -> None:
        self.processes, self.folder, self.service, self.way = processes, processes.folder, service, "default"

    def submit(self, body: str, angles):
        """Sends a task; gives what `result` takes."""
        raise NotImplementedError

    def result(self, handle):
        """Waits for a result."""
        return handle.result(timeout=TASK_SECONDS)

    def stream(self, body: str, tasks: Iterator, window: int) -> int:
        """Runs tasks until there are none, so many at a time; the number of those that were done."""
        pending, done = deque(), 0
        for angles in tasks:
            pending.append((angles, self.submit(body, angles)))
            if len(pending) >= window:
                done += self.take(body, *pending.popleft())
        for angles, handle in pending:
            done += self.take(body, angles, handle)
        return done

    def take(self, body: str, angles, handle) -> int:
        checked(body, angles, self.result(handle))
        return 1

    def close(self) -> None:
        """Takes the client's leave, before the processes end."""


def checked(body: str, angles, found) -> None:
    """Refuses a wrong result."""
    if not is_right(body, angles, found):
        raise RuntimeError(f"a wrong result: {str(found)[:100]}")


class IPyParallel(Peer):
    """A controller and an engine. Messages are not signed, which saves time, and the hub keeps no tasks.

    `pure` replaces the scheduler in Python by ZeroMQ's own distribution among engines, `ahead` lets it send tasks ahead of the results;
    by default it sends one at a time, which is slower.
    The direct way names the engine, so that no scheduler is asked at all. Functions go by name instead of by their code.
    """

    survives = "nothing: tasks are in the controller's memory, and an engine's death fails its tasks"
    packages = ("ipyparallel",)
    services = ("pure", "ahead")
    ways = ("direct", "balanced")

    def __init__(self, processes: Services, service: str) -> None:
        super().__init__(processes, service)
        import ipyparallel

        options = {"pure": ["--scheme=pure"], "ahead": ["--TaskScheduler.hwm=0"]}[service]
        directory = [f"--ipython-dir={self.folder}", f"--profile-dir={self.folder}/profile", "--Session.key="]
        security = self.folder / "profile/security"
        engine, client = security / "ipcontroller-engine.json", security / "ipcontroller-client.json"
        program = [sys.executable, "-m", "ipyparallel.controller", "--init", "--nodb", f"--ip={HOST}", f"--location={HOST}"]
        controller = self.processes.start("controller", *program, *directory, *options)
        self.processes.wait("controller", controller, lambda: engine.exists() and client.exists())
        self.processes.start("engine", sys.executable, "-m", "ipyparallel.engine", f"--file={engine}", *directory)
        self.client = ipyparallel.Client(str(client), timeout=TASK_SECONDS)
        self.client.wait_for_engines(1, timeout=TASK_SECONDS)
        self.views = {"direct": self.client[0], "balanced": self.client.load_balanced_view()}
        for view in self.views.values():
            view.track = False
        self.client[0].use_pickle()

    def submit(self, body: str, angles):
        return self.views[self.way].apply_async(BODIES[body], angles)

    def result(self, handle):
        return handle.get(timeout=TASK_SECONDS)

    def close(self) -> None:
        self.client.close()


class Parsl(Peer):
    """The HighThroughputExecutor with one block of one worker, unencrypted, without logs, memoization, strategy or monitoring.

    The way `executor` gives tasks to the executor without Parsl's graph of dependencies. The services differ in how many tasks the
    worker's manager fetches ahead.
    """

    survives = "nothing: tasks are in the memory of client and interchange; the client may retry"
    packages = ("parsl",)
    services = ("prefetch 0", "prefetch 64", "prefetch 1024")
    ways = ("executor", "apps")

    def __init__(self, processes: Services, service: str) -> None:
        super().__init__(processes, service)
        import parsl
        from parsl.config import Config
        from parsl.executors import HighThroughputExecutor
        from parsl.providers import LocalProvider

        os.environ["PYTHONPATH"] = str(Path(__file__).parent)
        os.environ["PATH"] = f"{SCRIPTS}:{os.environ['PATH']}"
        self.executor = HighThroughputExecutor(
            label="broker", address=HOST, max_workers_per_node=1, cores_per_worker=1, encrypted=False,
            prefetch_capacity=int(service.split()[1]), provider=LocalProvider(init_blocks=1, min_blocks=1, max_blocks=1),
        )  # fmt: skip
        self.kernel = parsl.load(
            Config([self.executor], run_dir=str(self.folder / "parsl"), strategy="none", initialize_logging=False, usage_tracking=0)
        )
        self.apps = {name: parsl.python_app(body, cache=False) for name, body in BODIES.items()}

    def submit(self, body: str, angles) -> Future:
        return self.apps[body](angles) if self.way == "apps" else self.executor.submit(BODIES[body], {}, angles)

    def close(self) -> None:
        self.kernel.cleanup()


class Dask(Peer):
    """A scheduler and a worker with one thread, both without dashboards, the worker without a nanny; the client is asynchronous.

    Tasks go out in groups and results come back in groups, because each group costs a round trip to the scheduler and one to the worker;
    `windows` counts tasks, and the ways differ in how many groups these make. The client fetches results from the worker itself. The
    lean service has no profiles of tasks and no work stealing, and sends a worker all its tasks at once.
    """

    survives = "a worker's death (tasks run again); the scheduler keeps its state in memory"
    packages = ("distributed",)
    services = ("lean", "default")
    ways = ("1 group", "2 groups", "4 groups")
    windows = {1: (64, 256, 1024), 64: (16, 64, 256), 4096: (4, 16, 64)}

    def __init__(self, processes: Services, service: str) -> None:
        super().__init__(processes, service)
        from distributed import Client

        self.loop = asyncio.new_event_loop()
        file = self.folder / "scheduler.json"
        common = ["--host", HOST, "--no-dashboard", "--scheduler-file", file]
        environment = LEAN_DASK if service == "lean" else {}
        program = [sys.executable, "-m", "dask"]
        scheduler = self.processes.start("scheduler", *program, "scheduler", "--port", 0, *common, environment=environment)
        self.processes.wait("scheduler", scheduler, file.exists)
        threads = ["--nworkers", 1, "--nthreads", 1, "--no-nanny"]
        self.processes.start("worker", *program, "worker", *threads, *common, environment=environment)

        async def connect():
            client = await Client(scheduler_file=str(file), asynchronous=True, direct_to_workers=True, timeout=TASK_SECONDS)
            await client.wait_for_workers(1, timeout=TASK_SECONDS)
            return client

        self.client = self.loop.run_until_complete(connect())

    def stream(self, body: str, tasks: Iterator, window: int) -> int:
        groups = min(window, int(self.way.split()[0]))

        async def run() -> int:
            return sum(await asyncio.gather(*(self.group(body, tasks, window // groups) for _ in range(groups))))

        return self.loop.run_until_complete(run())

    async def group(self, body: str, tasks: Iterator, size: int) -> int:
        """Runs groups of tasks, one after the other."""
        done = 0
        while angles := [task for task, _ in zip(tasks, range(size))]:
            futures = self.client.map(BODIES[body], angles, pure=False)
            self.held = futures  # releases those before in the same message; one of its own would make the next wait for 10 ms
            found = await asyncio.wait_for(self.client.gather(futures, direct=True), TASK_SECONDS)
            for task, result in zip(angles, found):
                checked(body, task, result)
            done += len(angles)
        return done

    def close(self) -> None:
        self.loop.run_until_complete(self.client.close())


class Celery(Peer):
    """A Redis server on loopback, and a worker in a pool of a kind, without gossip, mingling or events.

    Results are kept as Redis's keys, or sent back by the broker (rpc). Tasks are acknowledged before they run, as is Celery's default; that
    is the faster order, and loses what a killed worker had.
    """

    survives = "what Redis had in its last snapshot (after 1 min to 1 h); a task that has begun is lost with its worker"
    packages = ("celery", "redis")
    program = "redis-server"
    services = ("solo", "solo rpc", "prefork", "prefork rpc")
    redis: tuple[str, ...] = ()

    def __init__(self, processes: Services, service: str) -> None:
        super().__init__(processes, service)
        port = free_port()
        redis = self.processes.start("redis", "redis-server", "--bind", HOST, "--port", port, "--dir", self.folder, *self.redis)
        self.processes.wait("redis", redis, lambda: accepts(port))
        os.environ["BROKER_REDIS"] = f"redis://{HOST}:{port}/0"
        os.environ["C_FORCE_ROOT"] = "1"  # Celery asks for it where root sends pickled arrays; the server is heard on loopback alone
        pool, *results = service.split()
        os.environ["BROKER_RESULTS"] = "rpc://" if results else os.environ["BROKER_REDIS"]
        self.processes.start(
            "worker", sys.executable, "-m", "celery", "-A", "broker_celery", "worker", "--pool", pool, "--concurrency", 1,
            "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
        )  # fmt: skip
        import broker_celery

        self.task = broker_celery.run
        self.task.delay("nothing", 0.0).get(timeout=TASK_SECONDS)

    def submit(self, body: str, angles):
        return self.task.apply_async((body, angles))

    def result(self, handle):
        return handle.get(timeout=TASK_SECONDS, disable_sync_subtasks=False)


class CeleryDurable(Celery):
    """The same with Redis's log of commands, flushed to the disk before an answer."""

    survives = "power loss; a task that has begun is lost with its worker"
    redis = ("--appendonly", "yes", "--appendfsync", "always")


class Beanstalkd(Peer):
    """The server with a log that is flushed at each write, and a worker and a client that speak its protocol.

    Results are jobs of another tube, deleted as they come. Commands go out before the answers to earlier ones are there. A task costs four
    writes: it is put, its result is put, and both are deleted.
    """

    survives = "power loss, and the worker's death"
    program = "beanstalkd"
    windows = {1: (16, 64, 256), 64: (4, 16, 64, 256), 4096: (2, 8, 32)}

    def __init__(self, processes: Services, service: str) -> None:
        super().__init__(processes, service)
        port = free_port()
        server = self.processes.start("beanstalkd", "beanstalkd", "-l", HOST, "-p", port, *self.options())
        self.processes.wait("beanstalkd", server, lambda: accepts(port))
        self.processes.start("worker", sys.executable, "-m", "broker_beanstalkd", port)
        names = broker_beanstalkd.TASKS, broker_beanstalkd.RESULTS
        self.sender, self.receiver = (broker_beanstalkd.Beanstalkd(port, *names, seconds=TASK_SECONDS) for _ in range(2))

    def options(self) -> list:
        log = self.folder / "log"
        log.mkdir()
        return ["-b", log, "-f0"]

    def stream(self, body: str, tasks: Iterator, window: int) -> int:
        sent, done = {}, 0
        more = enumerate(tasks)
        for key, angles in (next(more, (None, None)) for _ in range(window)):
            if key is not None:
                sent[key] = angles
                self.sender.send(broker_beanstalkd.put((key, body, angles)))
        if sent:
            self.receiver.send(b"reserve\r\n")
        while sent:
            number, (key, found) = self.receiver.reserved(self.receiver.expect("RESERVED"))
            following, angles = next(more, (None, None))
            if following is not None:
                sent[following] = angles
                self.sender.send(broker_beanstalkd.put((following, body, angles)))
            checked(body, sent.pop(key), found)
            self.receiver.send(b"delete %b\r\n" % number + (b"reserve\r\n" if sent else b""))
            self.receiver.expect("DELETED")
            self.sender.expect("INSERTED")
            done += 1
        return done


class BeanstalkdInMemory(Beanstalkd):
    """The same without a log."""

    survives = "the worker's death; the server keeps jobs in memory"
    is_judged = False

    def options(self) -> list:
        return []


PEERS: dict[str, type[Peer]] = {
    "ipyparallel": IPyParallel,
    "parsl": Parsl,
    "dask": Dask,
    "celery": Celery,
    "celery-durable": CeleryDurable,
    "beanstalkd": Beanstalkd,
    "beanstalkd-memory": BeanstalkdInMemory,
}
