"""What the dealership demands at the door: a second factor by role, a fresh sign-in by act."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.access.fresh import Act
from app.access.rights import refusals

GRACES = (7, 0)  # days from the first sign-in; 0 is at once
WINDOWS = (5, 15, 30, 60, 240)  # minutes


@dataclass(frozen=True, slots=True)
class RoleDemand:
    """A role and how many days its holders have to set up a second factor; None when they need none."""

    role: int
    name: str
    grace: int | None


def of_roles(connection: Connection) -> list[RoleDemand]:
    """What each role demands; Forbidden without the right to list rights."""
    with refusals():
        return [RoleDemand(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.factor_demands()")]


def of_acts(connection: Connection) -> dict[Act, int | None]:
    """How many minutes ago at most somebody must have shown who he is for each act; None where nobody is asked."""
    with refusals():
        return {Act(act): minutes for act, minutes in connection.exec_driver_sql("SELECT * FROM gate.act_demands()")}


def set_role(connection: Connection, role: int, grace: int | None) -> None:
    """Demands a second factor of a role's holders, or no longer; it holds at their next request. Raises StepUp."""
    with refusals():
        connection.exec_driver_sql("SELECT gate.demand_factor(%s, %s)", (role, grace))


def set_act(connection: Connection, act: Act, minutes: int | None) -> None:
    """Demands a fresh sign-in for an act, or no longer; raises StepUp."""
    with refusals():
        connection.exec_driver_sql("SELECT gate.demand_act(%s, %s)", (act.value, minutes))
