"""Times that count working days, as SQL: Monday to Friday in Shanghai."""

ZONE = "Asia/Shanghai"


def working_days(start: str, count: int) -> str:
    """The same time of day `count` working days after the moment `start`; from a weekend it counts from its Friday."""
    day = f"extract(isodow FROM ({start}) AT TIME ZONE '{ZONE}')::integer"
    days = f"{count} + 2 * ((least({day}, 5) - 1 + {count}) / 5) - greatest({day} - 5, 0)"
    return f"({start}) + ({days}) * interval '24 hours'"
