"""A tie that holds both ways stands once."""

from app.core.rules import Derive
from app.models.customer_relation import SYMMETRIC
from app.records.rulebook import RULEBOOK

BOTH = f"NEW.kind IN ({', '.join(repr(kind.code) for kind in SYMMETRIC)})"

RULEBOOK.on(
    "customer_relation",
    Derive(
        "ordered",
        {
            "customer": f"CASE WHEN {BOTH} THEN least(NEW.customer_id, NEW.other_id) ELSE NEW.customer_id END",
            "other": f"CASE WHEN {BOTH} THEN greatest(NEW.customer_id, NEW.other_id) ELSE NEW.other_id END",
        },
    ),
)
