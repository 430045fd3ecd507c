"""What a customer reads: a template's words with what they are about filled in."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, text

from app.reminders.facts import Item, Person
from app.reminders.mail import Letter

_STORE = text("SELECT name FROM store WHERE id = :store")
_TEMPLATE = text("SELECT name, body, signature FROM message_template WHERE id = :id")
MARKETING = "\n\n——\n本邮件含营销内容。拒收请直接回复「退订」，我们收到后不再发送。"
NOTICE = "\n\n——\n如不希望再收到此类提醒，请直接回复本邮件说明。"


def letter(connection: Connection, store: int, group: Sequence[Item], person: Person, key: str) -> Letter | None:
    """The letter of a group, but for its way out; None without an address or words."""
    words = connection.execute(_TEMPLATE, {"id": group[0].template_id}).first()
    if words is None or person.email is None:
        return None
    name = connection.execute(_STORE, {"store": store}).scalar_one()
    sender = words.signature or name
    filled = {"{customer}": person.name, "{store}": name, "{items}": "\n".join(map(line, group))}
    return Letter(key, person.email, f"【{sender}】{words.name}", filled_in(words.body, filled), sender)


def with_way_out(made: Letter, nature: str) -> Letter:
    """The letter with the words on how to stop such letters, as its class demands (reminders.md §2)."""
    return replace(made, text=made.text + (MARKETING if nature == "marketing" else NOTICE))


def filled_in(body: str, filled: dict[str, str]) -> str:
    """The body with its places filled; what is filled in is not read for places again."""
    places = re.compile("|".join(map(re.escape, filled)))
    return places.sub(lambda found: filled[found[0]], body)


def line(item: Item) -> str:
    """One matter: its rule, the car, the day."""
    car = " ".join(part for part in (item.plate, item.model) if part) or "您的车辆"
    return f"· {car}：{item.anchor_on.year} 年 {item.anchor_on.month} 月 {item.anchor_on.day} 日（{item.rule_name}）"
