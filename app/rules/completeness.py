"""How complete records are: 0 to 100 by weighted fields, worked out by the database on every save."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.rules import Derive
from app.records.rulebook import RULEBOOK


@dataclass(frozen=True, slots=True)
class Weight:
    """Points for having one of some columns filled."""

    points: int
    columns: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The points as SQL over NEW."""
        filled = ", ".join(f"NEW.{name}" for name in self.columns)
        return f"CASE WHEN num_nonnulls({filled}) > 0 THEN {self.points} ELSE 0 END"


WEIGHTS: Mapping[str, tuple[Weight, ...]] = MappingProxyType(
    {
        "customer": (
            Weight(20, ("name",)),
            Weight(30, ("phone",)),
            Weight(10, ("id_card", "uscc")),
            Weight(10, ("birth_date", "industry")),
            Weight(10, ("district",)),
            Weight(10, ("source",)),
            Weight(10, ("sales_owner_id", "service_owner_id", "renewal_owner_id", "care_owner_id")),
        ),
        "lead": (
            Weight(25, ("name",)),
            Weight(30, ("phone",)),
            Weight(20, ("series_id", "model_id")),
            Weight(15, ("purchase_window",)),
            Weight(10, ("budget",)),
        ),
    }
)


def weighed(weights: tuple[Weight, ...]) -> Derive:
    """The rule that keeps the field `completeness` at the share of points a record has, rounded down."""
    total = sum(weight.points for weight in weights)
    return Derive("completeness", {"completeness": f"({' + '.join(w.sql for w in weights)}) * 100 / {total}"})


for _name, _weights in WEIGHTS.items():
    RULEBOOK.on(_name, weighed(_weights))
