"""The Celery application of `broker.py`, for its client and its worker; the environment names the Redis server and where results go."""

from __future__ import annotations

import os

from celery import Celery

from broker_tasks import BODIES

REDIS, RESULTS = os.environ["BROKER_REDIS"], os.environ["BROKER_RESULTS"]
PREFETCH = 64  # tasks that the worker takes ahead

app = Celery("broker", broker=REDIS, backend=RESULTS)
app.conf.update(
    task_serializer="pickle", result_serializer="pickle", accept_content=["pickle"],  # arrays as they are; JSON has none
    worker_prefetch_multiplier=PREFETCH, worker_send_task_events=False, worker_enable_remote_control=False,
    task_send_sent_event=False, task_track_started=False, broker_connection_retry_on_startup=True,
)  # fmt: skip


@app.task
def run(body: str, angles):
    """Runs a task."""
    return BODIES[body](angles)
