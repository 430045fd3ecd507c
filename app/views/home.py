"""Home and the search box."""

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, request

from app.core.action import Action
from app.core.entity import Entity
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, local, now_text
from app.heads.house import house
from app.heads.menu import group_label, grouped, offered
from app.heads.pages import Empty, Hit, HitGroup, HomeCard, HomeGroup, HomePage, Link, SearchPage
from app.records import read
from app.records.present import Presenter
from app.records.query import Query
from app.records.search import holding
from app.views.lookup import hint

home = Blueprint("home", __name__)
HELLO = {
    5: Label("早上好，{name}", "Good morning, {name}"),
    12: Label("下午好，{name}", "Good afternoon, {name}"),
    18: Label("晚上好，{name}", "Good evening, {name}"),
}
MOST = 1_000  # counted exactly
NEW = Label("新建", "New")
NO_GRANT = Label("您还没有任何权限", "You hold no grant yet")
ASK = Label("请联系管理员分配角色。", "Ask an administrator to give you a role.")
SEARCH = Label("搜索“{words}”", "Search “{words}”")
WHAT = Label(
    "可搜姓名、拼音、完整手机号或后四位、车牌、VIN 后六位。",
    "Find by name, pinyin, a whole phone or its last four, plate, last six of a VIN.",
)
FEW = 8


def hello(moment: datetime) -> Label:
    """A greeting for the hour."""
    return next(
        label for hour, label in sorted(HELLO.items(), reverse=True) if moment.hour >= hour or hour == min(HELLO)
    )


@home.get("/")
@through_door
def start() -> str:
    """Where work begins: the lists one may see."""
    actor = signed_in()
    locale, snapshot = door.locale(), door.context().snapshot
    listed = offered(actor, snapshot)
    every = [entity for _, entities in listed for entity in entities]
    numbers = read.counts(door.context(), [(entity, Query()) for entity in every], MOST)
    totals = {entity.name: number for entity, number in zip(every, numbers, strict=True)}
    groups = tuple(
        HomeGroup(
            text=group_label(group).text(locale),
            cards=tuple(card(entity, totals[entity.name], locale) for entity in entities),
        )
        for group, entities in listed
    )
    empty = None if groups else Empty(text=NO_GRANT.text(locale), advice=ASK.text(locale))
    title = hello(local(house().clock.now())).format(name=actor.name).text(locale)
    return draw(HomePage(frame=frame(), title=title, note=now_text(), groups=groups, empty=empty))


def card(entity: Entity, total: int, locale: str) -> HomeCard:
    """A list as a card, with how much it holds."""
    context = door.context()
    new = (
        Link(text=NEW.text(locale), href=f"/data/{entity.name}/add")
        if context.actor.may(Action.CREATE, entity.name)
        else None
    )
    count = f"{MOST:,}+" if total > MOST else f"{total:,}"
    return HomeCard(
        text=entity.plural.text(locale), href=f"/data/{entity.name}/", icon=entity.icon, count=count, new=new
    )


@home.get("/search")
@through_door
def search() -> str:
    """What the search box finds, by entity; a search by a protected value is noted in the trail."""
    signed_in()
    context, locale = door.context(), door.locale()
    words = request.args.get("q", "").strip()
    every = [entity for _, entities in grouped(context.actor, context.snapshot) for entity in entities]
    searched = [entity for entity in every if words and any(field.search for field in entity.fields)]
    likely = holding(context, searched, words) if searched else set()
    found = {entity.name: hits(entity, words, locale) for entity in searched if entity.name in likely}
    groups = [group for group in found.values() if group]
    # A search for a protected value is noted, whether it finds or not.
    numbers = [(entity, len(group.hits) if (group := found.get(entity.name)) else 0) for entity in searched]
    read.note_searches(context, words, numbers)
    return draw(
        SearchPage(
            frame=frame(),
            title=SEARCH.format(words=words[:40]).text(locale),
            query=words,
            groups=tuple(groups),
            note=WHAT.text(locale),
        )
    )


def hits(entity: Entity, words: str, locale: str) -> HitGroup | None:
    """What one entity has for these words, or None."""
    context = door.context()
    found = read.listing(context, entity, Query(words=words, size=FEW)).records
    if not found:
        return None
    presenter = Presenter(context, entity)
    made = []
    for record in found:
        title = presenter.title(record, locale)
        made.append(Hit(title=title, href=f"/data/{entity.name}/{record.id}", note=hint(presenter, record) or ""))
    total = read.count(context, entity, Query(words=words), 1_000)
    more = f"/data/{entity.name}/?{urlencode({'q': words})}" if total > len(found) else None
    return HitGroup(
        text=entity.plural.text(locale), icon=entity.icon, hits=tuple(made), count=f"{total:,}", more_href=more
    )
