"""Names a description made at run time may not use."""

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from app.models.table import COMMON

LONGEST = 63  # bytes PostgreSQL keeps of a name
SQL_WORDS = frozenset(RESERVED_WORDS)
# Tables of the product that are no entity, and words that mean something where an entity's name stands.
SYSTEM_PREFIXES = ("ab_", "alembic_", "catalog", "forecourt", "gate", "pg_", "sql_", "trail", "work_", "import_")
SYSTEM_NAMES = frozenset(
    {"role_grant", "record_grant", "rights", "job", "search_token", "work", "openapi", "public", "information_schema"}
)
# Columns every table has, columns PostgreSQL keeps for itself, and words of our forms and addresses.
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "trail_nth"})
FORM_WORDS = frozenset(
    {"store", "csrf_token", "again", "all", "where", "order", "size", "after", "q", "view", "fields", "overrides"}
)
FIELD_NAMES = frozenset(COMMON) | {"store_id"} | SYSTEM_COLUMNS | FORM_WORDS


def taken_entity(name: str) -> bool:
    """Whether an entity may not be called so."""
    return name in SYSTEM_NAMES or name in SQL_WORDS or name.startswith(SYSTEM_PREFIXES)


def taken_field(name: str) -> bool:
    """Whether a field may not be called so; two underscores join a field's name and a part of its control."""
    return name in FIELD_NAMES or name in SQL_WORDS or "__" in name
