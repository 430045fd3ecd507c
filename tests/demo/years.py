"""How a small year is loaded."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import create_engine, pool

from app import first_data
from app.access.key_file import sealer_of
from app.demo.load import Loader
from app.demo.organisation import Shop
from app.demo.plan import Plan
from config import Config
from tests.appkit import Premises

SMALL = Plan(seed=3, scale=0.01, ends_on=date(2026, 10, 15))


@dataclass
class Year:
    """A loaded year: its installation, its plan and its stores."""

    premises: Premises
    plan: Plan
    shops: list[Shop]


def loader(config: Config, plan: Plan = SMALL) -> Loader:
    """What loads a plan into a database."""
    return Loader(create_engine(config.url("administrator"), poolclass=pool.NullPool), sealer_of(config), plan)


def lived(config: Config, plan: Plan = SMALL) -> Year:
    """First data and a year after it."""
    from app import create_app

    first_data.load(config)
    shops = loader(config, plan).run()
    premises = Premises(config, create_app(config.as_process("web")))
    premises.users = dict(premises.run("SELECT username, id FROM ab_user"))
    return Year(premises, plan, shops)
