"""The rules and words a group begins with."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, text

from app.models.vocabulary import MEANS
from app.reminders.family import ShippedRule, ShippedTemplate, families

SINCE = date(2024, 7, 1)  # when the rules on commercial calls and messages they keep came into force
_TEMPLATE = text("""
    INSERT INTO message_template (code, edition, name, nature, channel, body, status)
    SELECT :code, 1, :name, :nature, :channel, :body, 'approved'
     WHERE NOT EXISTS (SELECT FROM message_template t WHERE t.code = :code)""")
_RULE = text("""
    INSERT INTO reminder_rule (code, edition, name, nature, anchor, lead_days, channels, grace_days, template_id,
                               active_from, active)
    SELECT :code, 1, :name, :nature, :anchor, :stages, CAST(:channels AS text[]), :grace,
           (SELECT t.id FROM message_template t WHERE t.code = :template ORDER BY t.edition DESC LIMIT 1), :since, true
     WHERE NOT EXISTS (SELECT FROM reminder_rule r WHERE r.code = :code)""")


def rules() -> Iterator[ShippedRule]:
    """Every shipped rule."""
    return (rule for one in families().values() for rule in one.rules)


def templates() -> Iterator[ShippedTemplate]:
    """Every shipped template."""
    return (template for one in families().values() for template in one.templates)


def install(connection: Connection) -> None:
    """Adds the shipped templates and rules that are missing; what a group made of them stays."""
    for template in templates():
        connection.execute(_TEMPLATE, {name: getattr(template, name) for name in template.__slots__})
    for rule in rules():
        values = {name: getattr(rule, name) for name in rule.__slots__}
        channels = [one.code for one in MEANS if one.code in rule.channels]  # as the field keeps them
        connection.execute(_RULE, values | {"channels": channels, "since": SINCE})
