"""The web role: gunicorn's arbiter in a forked child, threads in each of its workers."""

import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger

from app import metrics
from app.access.key_prints import demand_at_start
from config import Config

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # gunicorn's heartbeat files; a disk would block them


class Quiet(Logger):
    """Gunicorn's words through our log: one form, redacted."""

    def setup(self, cfg: Any) -> None:
        """Leave handlers and levels to app.log."""
        self.cfg = cfg
        self._access_log_enabled = False
        for logger in (self.error_log, self.access_log):
            logger.handlers[:] = []
            logger.propagate = True


class Server(BaseApplication):
    """Gunicorn with our settings and nothing from its own command line, files or environment."""

    def __init__(self, config: Config, listener: int) -> None:
        self.config, self.listener = config, listener
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in self.settings().items():
            self.cfg.set(name, value)

    def settings(self) -> dict[str, Any]:
        """Gunicorn's settings by its own names."""
        config = self.config
        return {
            "bind": [f"fd://{self.listener}"],
            "worker_class": "gthread",
            "workers": config.web_processes,
            "threads": config.web_threads,
            "graceful_timeout": max(config.stop_seconds - 2, 1),
            "timeout": 120,
            "keepalive": 5,
            "worker_tmp_dir": str(SHARED_MEMORY) if os.access(SHARED_MEMORY, os.W_OK) else None,
            "logger_class": Quiet,
            "loglevel": config.log_level,
            "certfile": str(config.tls_certificate) if config.tls_certificate else None,
            "keyfile": str(config.tls_key) if config.tls_key else None,
            "secure_scheme_headers": {},  # the app believes proxies, as many as the operator named
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "proc_name": "forecourt",
            "child_exit": lambda _server, worker: metrics.forget(worker.pid),
        }

    def load(self) -> Any:
        """The application, made in each worker: none inherits another's connections; KeyFileError for foreign keys."""
        app = import_module("app").create_app(self.config)
        house = app.extensions["forecourt"]
        demand_at_start(house.database.engine, house.sealer.keys)
        return app


def run(config: Config, listener: int, stop: threading.Event) -> None:  # noqa: ARG001  # gunicorn handles its signals itself
    """Serve the socket `listener` until told to stop; requests that have begun are answered."""
    try:
        Server(config, listener).run()
    except HaltServer as halt:  # told in the log already: the application could not be made
        sys.exit(halt.exit_status)
