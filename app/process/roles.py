"""The processes Forecourt consists of: what each runs, as which kind of process, and when it stops."""

import faulthandler
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from app import log
from app.process.child import until_told
from config import Config


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of process: `entry` names `run(config, stop)`; a worker gets its queue and web its socket in between."""

    name: str
    entry: str
    process: str  # whose secrets it may read: a key of config.READABLE
    stage: int  # processes of a lower stage stop first
    queue: str | None = None

    def load(self) -> Callable[..., None]:
        """The function `entry` names; imports its module."""
        module, _, name = self.entry.partition(":")
        found: Callable[..., None] = getattr(import_module(module), name)
        return found

    def run(self, config: Config, listener: int) -> None:
        """Be this process until told to stop; `listener` is the descriptor of the web's socket."""
        log.set_up(config.log_level, config.log_format, self.name)
        faulthandler.register(signal.SIGUSR1)  # tells an operator where a busy process is
        between = {"web": (listener,)}.get(self.name, (self.queue,) if self.queue else ())
        self.load()(config.as_process(self.process), *between, until_told())


ROLES = (
    Role("web", "app.process.web:run", "web", 0),
    Role("worker-default", "app.jobs.worker:run", "worker", 0, "default"),
    Role("worker-schema", "app.jobs.worker:run", "schema", 0, "schema"),
    Role("worker-backup", "app.jobs.worker:run", "backup", 0, "backup"),
    Role("worker-reminder", "app.jobs.worker:run", "reminder", 0, "reminder"),
    Role("worker-report", "app.jobs.worker:run", "worker", 0, "report"),
    Role("relay", "app.jobs.relay:run", "relay", 1),
    Role("ticker", "app.jobs.ticker:run", "ticker", 1),
    Role("sealer", "app.audit.sealer:run", "sealer", 2),
)
