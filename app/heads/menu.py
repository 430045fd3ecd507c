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
from app.outbox.desk import JOB
from app.records.claim import may_ask
from app.studio.install import CONSOLE

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

BACKUPS = Label("备份", "Backups")
FEEDS, JOBS = Label("品牌系统导入", "Brand system feeds"), Label("后台任务", "Background jobs")
ROLES, CONSOLES = Label("角色与权限", "Roles and rights"), Label("运维控制台", "Console")


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


def capped(number: int) -> str:
    """A number of the bell as it is shown: nobody counts beyond 99."""
    return "99+" if number > 99 else f"{number}"  # noqa: PLR2004


def navigation(actor: Actor, snapshot: Snapshot, locale: str, path: str, dead: int = 0) -> tuple[NavGroup, ...]:
    """The side navigation of a page, the present entity marked; `dead` jobs wait for whoever tends them."""
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
        if group == "analysis" and actor.may(Action.LIST, "monthly_report"):
            monthly = Label("经营月报", "Monthly reports").text(locale)
            links.insert(0, Link(text=monthly, href="/reports/", icon="file", current=path.startswith("/reports/")))
        if group == "audit" and actor.may(Action.LIST, TRAIL):
            trail = Label("审计轨迹", "Trail").text(locale)
            links.insert(0, Link(text=trail, href="/trail/", icon="shield-check", current=path.startswith("/trail/")))
        if group == last:
            links += tended(actor, snapshot, locale, path, dead)
        made.append(NavGroup(text=group_label(group).text(locale), links=tuple(links)))
    if not made and (links := tended(actor, snapshot, locale, path, dead)):
        made.append(NavGroup(text=GROUPS["system"].text(locale), links=tuple(links)))
    return tuple(made)


def tended(actor: Actor, snapshot: Snapshot, locale: str, path: str, dead: int) -> list[Link]:
    """What stands last: the pages of what is tended though it is no entity."""
    waiting = capped(dead) if dead else None
    found = (
        (any(actor.may(Action.IMPORT, name) for name in snapshot.entities), FEEDS, "/feeds/", "file-import", None),
        (actor.may(Action.LIST, JOB), JOBS, "/jobs/", "robot", waiting),
        (bool(actor.roles & READERS), BACKUPS, "/backups/", "archive", None),
        (actor.may(Action.LIST, NOUN), ROLES, "/rights/", "shield-lock", None),
        (actor.may(Action.LIST, CONSOLE), CONSOLES, "/console/", "gauge", None),
    )
    return [
        Link(text=label.text(locale), href=href, icon=icon, current=path.startswith(href), count=count)
        for shown, label, href, icon, count in found
        if shown
    ]
