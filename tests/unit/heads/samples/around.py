"""The frame around sample pages, and who speaks in them."""

from collections.abc import Callable

from app.core.label import EN, ZH, Label
from app.heads import pages as p
from app.heads.words import texts

Say = Callable[[str, str], str]
LANGS = {ZH: "zh-Hans", EN: "en"}


def sayer(locale: str) -> Say:
    """Picks the words of one language."""
    return lambda zh, en: Label(zh, en).text(locale)


def frame(locale: str, *, signed_in: bool = True) -> p.Frame:
    say = sayer(locale)

    language = p.Switch(
        action="/language",
        name="code",
        options=(
            p.Option(value=ZH, text="简体中文", selected=locale == ZH),
            p.Option(value=EN, text="English", selected=locale == EN),
        ),
    )
    base = {
        "t": texts(locale),
        "lang": LANGS[locale],
        "nonce": "r4nd0m",
        "csrf": "csrf-token",
        "assets": {path: f"/static/{path}" for path in p.ASSETS},
        "path": "/data/customer/?sort=name",
        "language": language,
    }
    if not signed_in:
        return p.Frame(**base)
    return p.Frame(
        **base,
        nav=_nav(say),
        flashes=(
            p.Flash(text=say("已保存。", "Saved."), link=p.Link(text=say("查看", "Show"), href="/data/customer/1")),
        ),
        person=p.Person(
            name=say("李顾问", "Li Ming"),
            note=say("销售顾问 · 浦东店", "Consultant · Pudong"),
            password_href="/password",
            sign_out_action="/sign-out",
        ),
        store=p.Switch(
            action="/store",
            name="store",
            options=(
                p.Option(value="1", text=say("浦东店", "Pudong"), selected=True),
                p.Option(value="2", text=say("徐汇店", "Xuhui")),
            ),
        ),
        search_action="/search",
        bell=p.Link(text=say("收件箱，2 条未读", "Inbox, 2 unread"), href="/inbox/", icon="bell", count="2"),
    )


def _nav(say: Say) -> tuple[p.NavGroup, ...]:
    def link(zh: str, en: str, icon: str, *, current: bool = False, count: str | None = None) -> p.Link:
        return p.Link(text=say(zh, en), href=f"/data/{icon}/", icon=icon, current=current, count=count)

    return (
        p.NavGroup(
            text=say("日常", "Daily"), links=(link("首页", "Home", "home"), link("消息", "Messages", "bell", count="7"))
        ),
        p.NavGroup(
            text=say("客户", "Customers"),
            links=(link("客户", "Customers", "users", current=True), link("车辆", "Vehicles", "car")),
        ),
        p.NavGroup(
            text=say("组织", "Organisation"),
            links=(
                link("公司", "Companies", "building"),
                link("门店", "Stores", "building-store"),
                link("班组", "Teams", "users-group"),
                link("员工", "Employees", "id"),
            ),
        ),
        p.NavGroup(
            text=say("系统", "System"),
            links=(link("导入", "Imports", "database-import"), link("操作记录", "Trail", "history")),
        ),
    )


def crumbs(say: Say, *more: str) -> tuple[p.Link, ...]:
    texts_ = (say("客户", "Customers"), *more)
    return tuple(
        p.Link(text=one, href="" if n == len(texts_) - 1 else "/data/customer/") for n, one in enumerate(texts_)
    )
