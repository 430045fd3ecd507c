"""What every part of a store's year is made with."""

from dataclasses import dataclass

from app.demo.catalogue import Catalogue
from app.demo.organisation import Shop
from app.demo.plan import Plan
from app.demo.writing import Numbers


@dataclass(frozen=True, slots=True)
class World:
    """The plan, one store, what the group shares, and where numbers come from."""

    plan: Plan
    shop: Shop
    catalogue: Catalogue
    numbers: Numbers
