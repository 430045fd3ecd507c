"""Durable work: a row written with the business, so that nothing asked for is lost."""

from app.outbox.ask import cancel, enqueue
from app.outbox.lease import ATTEMPTS, DELAYS, LeaseLost, bury, claim, fail, finish, progress, renew, sweep
from app.outbox.work import QUEUES, State, Work, get

__all__ = [
    "ATTEMPTS",
    "DELAYS",
    "QUEUES",
    "LeaseLost",
    "State",
    "Work",
    "bury",
    "cancel",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "get",
    "progress",
    "renew",
    "sweep",
]
