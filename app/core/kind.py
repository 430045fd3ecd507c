"""What a field type must answer; the types themselves live in `app.fields`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from app.core.errors import Doubtful


class Operator(StrEnum):
    """How a filter compares a field with a value."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    HAS = "has"  # has a value, or (false) has none
    TAIL = "tail"  # ends in these last characters, found by index


EQUALITY = (Operator.EQ, Operator.NE, Operator.IN, Operator.HAS)
ORDERED = (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.IN, Operator.HAS)
PRESENCE = (Operator.HAS,)


@dataclass(frozen=True)
class Kind:
    """A field type: inert, comparable, and the only place that reads or shows its values.

    `read` is the one validator for forms, imports and the API; what it only doubts it raises as Doubtful.
    """

    code: ClassVar[str] = ""  # stable name in stored descriptions and OpenAPI
    sql: ClassVar[str] = "text"  # PostgreSQL type of the column
    operators: ClassVar[tuple[Operator, ...]] = EQUALITY
    widget: ClassVar[str] = "text"  # which form control draws it
    align: ClassVar[str] = "start"  # "end" for numbers
    sortable: ClassVar[bool] = True
    identifies: ClassVar[bool] = False  # its value proves who somebody is; opening one may ask for a fresh sign-in
    doubts: ClassVar[frozenset[str]] = frozenset()  # the codes of its refusals that a reason overrides

    def read(self, raw: object) -> Any:
        """The normalised value of what a person, a file or a client gave; None for nothing given; raises Unfit."""
        raise NotImplementedError

    def seek(self, raw: object) -> Any:
        """What `read` gives, for finding: a value that is doubted may have been saved for a reason."""
        try:
            return self.read(raw)
        except Doubtful as doubtful:
            return doubtful.value

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002  # others read it
        """How a person reads the value."""
        return "" if value is None else str(value)

    def mask(self, value: Any) -> str:
        """What one who may not see the value reads in its place."""
        return "" if value is None else "••••"

    def dump(self, value: Any) -> Any:
        """The value as JSON carries it; `read(dump(v)) == v`."""
        return value

    def cell(self, value: Any) -> Any:
        """The value as a CSV or XLSX cell carries it; `read(str(cell(v))) == v`."""
        return self.dump(value)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of `dump`'s result."""
        return {"type": "string"}

    def tokens(self, value: Any) -> Iterable[str]:  # noqa: ARG002
        """The whole words by which a search finds the value; each is compared for equality only."""
        return ()

    def tail(self, value: Any) -> str | None:  # noqa: ARG002
        """The last characters people search by (phone's last four, VIN's last six), or None."""
        return None

    def example(self, n: int) -> Any:
        """The n-th valid sample value, as `read` returns it; distinct for distinct n where the type allows."""
        raise NotImplementedError

    def options(self) -> dict[str, Any]:
        """The parameters of the type as JSON, from which an equal one can be made."""
        return {}
