"""Dated records of a car's columns: the present one stands in the car's row, the former ones beside it.

What jobs bring in by the thousand begins in the car's row alone; its record is written, ended, at the first change.
"""

from dataclasses import dataclass

from app.core.rules import Event, Then

TODAY = "(pg_catalog.now() AT TIME ZONE 'Asia/Shanghai')::date"
DIRECT = "pg_catalog.pg_trigger_depth() = 1"  # not itself a consequence of the record that follows
AT_ONCE = "session_user <> 'forecourt_worker'"


@dataclass(frozen=True, slots=True)
class Dated:
    """One column of the car and the table of its dated records."""

    noun: str
    table: str
    column: str
    role: str | None = None  # where the table holds several kinds of them

    @property
    def only(self) -> str:
        """The condition on records `r` that leaves those of this column."""
        return f"AND r.role = '{self.role}' " if self.role else ""

    def follow(self) -> tuple[Then, ...]:
        """What a change of the car's column makes of its records: the former ends, the present begins.

        What began today and ends today never was: the trail alone keeps it.
        """
        present = f"r.store_id = m.store_id AND r.vehicle_id = m.id {self.only}AND r.until IS NULL"
        former = f"{present} AND r.{self.column} IS DISTINCT FROM m.{self.column} AND {DIRECT}"
        unwritten = (
            f"moved m JOIN former c USING (id) WHERE c.{self.column} IS DISTINCT FROM m.{self.column} AND {DIRECT}"
            f" AND NOT EXISTS (SELECT FROM public.{self.table} r WHERE {present})"
        )
        name, value = (", role", f", '{self.role}'") if self.role else ("", "")
        begins = (
            f"INSERT INTO public.{self.table} (store_id, vehicle_id, {self.column}{name}, since)"
            f" SELECT m.store_id, m.id, m.{self.column}{value}, {TODAY} FROM moved m{{}}"
            f" WHERE m.{self.column} IS NOT NULL AND {DIRECT} AND {{}} AND NOT EXISTS"
            f" (SELECT FROM public.{self.table} r WHERE {present}) ORDER BY m.id ON CONFLICT DO NOTHING"
        )
        changes = f"f.{self.column} IS DISTINCT FROM m.{self.column}"
        # Their names are their order. Two cars of one plate are a matter of quality: the record stays with the first.
        return (
            Then(f"former_{self.noun}_began", self._ended(unwritten), on=(Event.UPDATE,)),
            Then(
                f"former_{self.noun}_ends",
                f"UPDATE public.{self.table} r SET until = {TODAY} FROM moved m WHERE {former} AND r.since < {TODAY}",
                on=(Event.UPDATE,),
            ),
            Then(
                f"former_{self.noun}_never_was",
                f"DELETE FROM public.{self.table} r USING moved m WHERE {former} AND r.since >= {TODAY}",
                on=(Event.UPDATE,),
            ),
            Then(f"{self.noun}_begins", begins.format("", AT_ONCE), on=(Event.INSERT,)),
            Then(f"{self.noun}_begins_anew", begins.format(" JOIN former f USING (id)", changes), on=(Event.UPDATE,)),
        )

    def beside(self) -> Then:
        """What a new record of the present makes of the one it takes the place of, where that was not yet written."""
        mine = "AND m.role = r.role " if self.role else ""
        open_ = f"m.until IS NULL AND m.role = '{self.role}'" if self.role else "m.until IS NULL"
        unwritten = (
            f"moved m JOIN public.vehicle c ON c.store_id = m.store_id AND c.id = m.vehicle_id WHERE {open_}"
            f" AND c.{self.column} IS DISTINCT FROM m.{self.column}"
            f" AND NOT EXISTS (SELECT FROM public.{self.table} r WHERE r.store_id = c.store_id"
            f" AND r.vehicle_id = c.id {mine}AND r.{self.column} = c.{self.column})"
        )
        return Then(f"another_{self.noun}_began", self._ended(unwritten), on=(Event.INSERT,))

    def _ended(self, unwritten: str) -> str:
        """SQL that writes what cars (`c`) held until today: since the last record ended, or the car's row began."""
        ended = (
            f"SELECT max(r.until) FROM public.{self.table} r"
            f" WHERE r.store_id = c.store_id AND r.vehicle_id = c.id {self.only}"
        )
        name, value = (", role", f", '{self.role}'") if self.role else ("", "")
        return (
            f"INSERT INTO public.{self.table} (store_id, vehicle_id, {self.column}{name}, since, until)"
            f" SELECT s.store_id, s.id, s.{self.column}{value}, s.since, {TODAY} FROM (SELECT c.store_id, c.id,"
            f" c.{self.column}, greatest((c.created_at AT TIME ZONE 'Asia/Shanghai')::date, ({ended})) AS since"
            f" FROM {unwritten}) s WHERE s.{self.column} IS NOT NULL AND s.since < {TODAY}"
            f" ORDER BY s.id ON CONFLICT DO NOTHING"
        )


PLATE = Dated("plate", "vehicle_plate", "plate")
OWNER = Dated("owner", "vehicle_role", "customer_id", role="owner")
