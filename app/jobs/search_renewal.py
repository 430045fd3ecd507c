"""Makes records findable again after the database changed what they are found by."""

from app.access.key_file import sealer_of
from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.models import ENTITIES
from app.records.reindex import reindex


@job("search.renew", system=True, label=Label("更新查找索引", "Renew the search index"))
def renew(context: JobContext, entity: str, ids: list[int]) -> dict[str, int]:
    """How many of these records of a table in code are found anew."""
    sealer = sealer_of(context.config)
    with context.transaction() as connection:
        result = {"records": reindex(connection, sealer, ENTITIES[entity], ids)}
        context.finish(connection, result)
    return result
