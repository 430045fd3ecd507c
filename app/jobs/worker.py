"""A worker process: one queue, one forked child a message, none of RQ's remote commands."""

import logging
import os
import signal
import socket
import threading
from typing import Any

from rq import Queue, Worker
from rq.exceptions import DequeueTimeout
from rq.executions import Execution
from rq.job import Job
from rq.worker import WorkerStatus

from app import metrics
from app.access.key_file import KeyFile
from app.access.key_prints import demand_at_start
from app.db.embedded.spawn import die_with_parent
from app.jobs import entry, registry
from app.jobs.absence import NO_REDIS, persist
from app.jobs.announced import open_engine
from app.jobs.message import connect, discard_foreign, open_queue
from app.jobs.pace import PACE, Pace
from config import Config

log = logging.getLogger(__name__)


class OneQueueWorker(Worker):
    """RQ's worker on exactly one queue, because RQ 3.0 loses jobs on more; ends at `stop` or when Redis goes away."""

    log_result_lifespan = False

    def __init__(self, queue: Queue, stop: threading.Event, wait: int) -> None:
        self.stop = stop
        self.wait = wait  # before super(), whose constructor reads dequeue_timeout
        super().__init__(
            [queue],
            name=f"{socket.gethostname()}-{queue.name}-{os.getpid()}-{os.urandom(3).hex()}",
            connection=queue.connection,
            job_class=queue.job_class,
            maintenance_interval=30,
            job_monitoring_interval=5,
            worker_ttl=60,
            log_job_description=False,
        )
        self.serializer = queue.serializer  # the constructor takes classes only

    @property
    def dequeue_timeout(self) -> int:
        """Seconds one wait for a message lasts."""
        return self.wait

    def bootstrap(self, *_: Any, **__: Any) -> None:
        """Registers the worker; logging is the product's and commands through Redis are not listened to."""
        self.register_birth()  # type: ignore[no-untyped-call]
        self.set_state(WorkerStatus.STARTED)

    def run_maintenance_tasks(self) -> None:
        """RQ's own tasks, after foreign names are out of their way."""
        for queue in self.queues:
            discard_foreign(queue)
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    def _install_signal_handlers(self) -> None:
        """Signals are the supervisor's business: it sets `stop`."""

    def dequeue_job_and_maintain_ttl(
        self,
        timeout: int | None,  # noqa: ARG002 - RQ's signature; the wait is ours
        max_idle_time: int | None = None,  # noqa: ARG002
    ) -> tuple[Job, Queue] | None:
        """The next message, or None when it is time to stop."""
        self.set_state(WorkerStatus.IDLE)
        while not self.stop.is_set():
            self.heartbeat()
            if self.should_run_maintenance_tasks:
                self.run_maintenance_tasks()
            try:
                return self._dequeue()
            except DequeueTimeout:
                continue
        return None

    def _dequeue(self) -> tuple[Job, Queue] | None:
        found = self.queue_class.dequeue_any(
            self.queues,
            self.dequeue_timeout,
            connection=self.connection,
            job_class=self.job_class,
            serializer=self.serializer,
            death_penalty_class=self.death_penalty_class,
        )
        if found is not None:
            found[0].redis_server_version = self.get_redis_server_version()  # type: ignore[no-untyped-call]
        return found

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Runs the message in a child that ends with this process, so that two never hold one queue."""
        self._end_with_me = die_with_parent(signal.SIGKILL)
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """The child's part: its figures follow those of the children before it."""
        self._end_with_me()
        metrics.write_as(f"queue-{queue.name}")
        super().main_work_horse(job, queue)

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Tells Redis that the job runs; when Redis is away the job goes on, since its lease is in the database."""
        try:
            super().maintain_heartbeats(job, execution)
        except NO_REDIS as error:
            log.warning("redis is away while %s runs: %s", job.id, error)


def run(config: Config, queue: str, stop: threading.Event, *, pace: Pace = PACE) -> None:
    """Works on one queue until `stop` is set, through absences of Redis; call it in a process's main thread.

    Raises KeyFileError where the keys are not those of the database.
    """
    registry.load()
    engine = open_engine(config)
    demand_at_start(engine, KeyFile(config).now())
    engine.dispose()
    entry.take_post(entry.Post(config, queue, pace))
    connection = connect(config)
    persist(lambda: OneQueueWorker(open_queue(queue, connection, config), stop, pace.dequeue).work(), stop)
