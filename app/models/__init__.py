"""Tables in code, a file a noun; a new table is a new file and its line here."""

from app.models.base import ENTITIES, METADATA, Record
from app.models.company import Company
from app.models.customer import Customer
from app.models.employee import Employee
from app.models.store import Store
from app.models.team import Team
from app.models.vehicle import Vehicle

__all__ = ["ENTITIES", "METADATA", "Company", "Customer", "Employee", "Record", "Store", "Team", "Vehicle"]
