"""The navigation: the entities a person may list, grouped by work."""

from app.access.rights import NOUN
from app.audit.review import TRAIL
from app.backup.history import READERS
from app.catalog import Snapshot
from app.core.action import Action
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.label import Label
from app.heads.pages import Link, NavGroup
from app.records.claim import may_ask

GROUPS: dict[str, Label] = {
    "customers": Label("客户", "Customers"),
    "sales": Label("销售", "Sales"),
    "service": Label("售后", "Service"),
    "insurance": Label("保险", "Insurance"),
    "care": Label("关怀", "Care"),
    "analysis": Label("分析", "Analysis"),
    "catalogue": Label("车型与商品", "Models and products"),
    "organisation": Label("组织", "Organisation"),
    "data": Label("数据", "Data"),
    "audit": Label("审计", "Audit"),
    "system": Label("系统", "System"),
}


def grouped(actor: Actor, snapshot: Snapshot) -> list[tuple[str, list[Entity]]]:
    """The entities the actor may list, by menu group, in the order of the work."""
    found: dict[str, list[Entity]] = {group: [] for group in GROUPS}
    for entity in snapshot.entities.values():
        if actor.may(Action.LIST, entity.name):
            found.setdefault(entity.group, []).append(entity)
    return [(group, sorted(entities, key=lambda one: one.rank)) for group, entities in found.items() if entities]


def offered(actor: Actor, snapshot: Snapshot) -> list[tuple[str, list[Entity]]]:
    """Those of them the menu and the home page offer: parts and ledgers are reached by what they belong to."""
    found = [(group, [one for one in entities if not one.aside]) for group, entities in grouped(actor, snapshot)]
    return [(group, entities) for group, entities in found if entities]


def group_label(group: str) -> Label:
    """The heading of a menu group; one an administrator named stands as he wrote it."""
    return GROUPS.get(group) or Label(group, group)


def navigation(actor: Actor, snapshot: Snapshot, locale: str, path: str) -> tuple[NavGroup, ...]:
    """The side navigation of a page, the present entity marked."""
    made: list[NavGroup] = []
    found = offered(actor, snapshot)
    last = found[-1][0] if found else ""
    for group, entities in found:
        links = [
            Link(
                text=entity.plural.text(locale),
                href=f"/data/{entity.name}/",
                icon=entity.icon,
                current=path.startswith(f"/data/{entity.name}/"),
            )
            for entity in entities
        ]
        if group == "customers" and may_ask(actor):
            receive = Label("车到店 / 查找", "Receive or find").text(locale)
            links.insert(
                0, Link(text=receive, href="/receive", icon="steering-wheel", current=path.startswith("/receive"))
            )
        if group == "customers" and any(actor.may(Action.IMPORT, entity.name) for entity in entities):
            imports = Label("导入", "Import").text(locale)
            links.append(Link(text=imports, href="/import/", icon="file-import", current=path.startswith("/import/")))
        if group == "analysis" and actor.may(Action.LIST, "quality_figure"):
            good = Label("数据质量", "Data quality").text(locale)
            links.insert(0, Link(text=good, href="/quality/", icon="gauge", current=path.startswith("/quality/")))
        if group == last and any(actor.may(Action.IMPORT, name) for name in snapshot.entities):
            feeds = Label("品牌系统导入", "Brand system feeds").text(locale)
            links.append(Link(text=feeds, href="/feeds/", icon="file-import", current=path.startswith("/feeds/")))
        if group == "audit" and actor.may(Action.LIST, TRAIL):
            trail = Label("审计轨迹", "Trail").text(locale)
            links.insert(0, Link(text=trail, href="/trail/", icon="shield-check", current=path.startswith("/trail/")))
        if group == last and actor.roles & READERS:
            backups = Label("备份", "Backups").text(locale)
            links.append(Link(text=backups, href="/backups/", icon="archive", current=path.startswith("/backups/")))
        if group == last and actor.may(Action.LIST, NOUN):
            roles = Label("角色与权限", "Roles and rights").text(locale)
            links.append(Link(text=roles, href="/rights/", icon="shield-lock", current=path.startswith("/rights/")))
        made.append(NavGroup(text=group_label(group).text(locale), links=tuple(links)))
    return tuple(made)
