"""Sample doors, errors, home, search and parts of pages."""

from app.heads import pages as p
from app.heads.words import texts
from tests.unit.heads.samples.around import LANGS, Say, frame, sayer
from tests.unit.heads.samples.jobs import running_board
from tests.unit.heads.samples.records import facts
from tests.unit.heads.samples.security import again
from tests.unit.heads.samples.tables import condition


def other_pages(locale: str, say: Say) -> dict[str, p.Page]:
    outside = frame(locale, signed_in=False)
    t = texts(locale)
    sign_in = {"frame": outside, "title": t.sign_in, "action": "/sign-in", "next": "/data/customer/"}
    card = p.HomeCard(
        text=say("客户", "Customers"),
        href="/data/customer/",
        icon="users",
        count="2,418",
        note=say("本店", "this store"),
        new=p.Link(text=say("新客户", "New customer"), href="/data/customer/new"),
    )
    cards = (
        card,
        p.HomeCard(text=say("车辆", "Vehicles"), href="/data/vehicle/", icon="car", count="3,102"),
        p.HomeCard(text=say("班组", "Teams"), href="/data/team/", icon="users-group"),
    )
    hits = (
        p.Hit(
            title="张伟",
            href="/data/customer/1",
            note=say("手机尾号 8000", "phone ends in 8000"),
            tags=(p.Tag(text=say("活跃", "Active"), state="ok"),),
        ),
        p.Hit(title="张伟明", href="/data/customer/2"),
    )
    restore = p.Button(
        text=say("恢复", "Bring back"), href="/data/customer/bin/7/restore", icon="arrow-back-up", post=True
    )
    gone = p.BinRow(
        title="张伟",
        cells=(p.Cell(text=say("个人", "Person")), p.Cell(text="138****8000", look="mask")),
        when="2026-11-20 14:02",
        exact="2026-11-20T14:02:11+08:00",
        who=say("李顾问", "Li Ming"),
        note=say("连同 3 条明细 · 还剩 28 天", "with 3 parts · 28 days left"),
        restore=restore,
    )
    heads = (
        say("姓名", "Name"),
        say("类型", "Kind"),
        say("手机", "Mobile"),
        say("删除时间", "Deleted"),
        say("说明", "Note"),
    )
    bin_page = p.BinPage(
        frame=frame(locale),
        title=say("回收站", "Recycle bin"),
        note=say("删除后保留 30 天，之后彻底清除。", "Kept for 30 days after deletion, then gone for good."),
        action="/data/customer/bin",
        filters=(p.Control(name="by", label=say("删除人", "Deleted by")),),
        submit=say("筛选", "Filter"),
        columns=heads,
        rows=(gone,),
        buttons=(p.Button(text=say("返回列表", "Back to the list"), href="/data/customer/", icon="arrow-left"),),
        problem=say("编号已被另一条记录使用。", "The number is now used by another record."),
        more_href="/data/customer/bin?before=7",
    )
    return {
        "bin": bin_page,
        "sign_in": p.SignInPage(**sign_in),
        "sign_in_wrong": p.SignInPage(
            **sign_in, username="li", error=say("用户名或密码不对。", "Wrong user name or password.")
        ),
        "first_password": p.PasswordPage(
            frame=outside,
            title=t.set_password,
            action="/first/x",
            username="li.ming",
            intro=t.first_password_intro,
            errors=(("password", t.password_common),),
        ),
        "change_password": p.PasswordPage(
            frame=frame(locale),
            title=t.change_password,
            action="/password",
            username="li.ming",
            asks_current=True,
            cancel_href="/",
        ),
        "plain_http": p.PlainHttpPage(frame=outside, title=t.plain_http_title, https_href="https:"),
        "error": p.error_page(frame(locale), 404, "01J9-7F3A"),
        "error_bare": p.error_page(
            p.Frame(t=t, lang=LANGS[locale], nonce="r4nd0m", csrf="", assets=outside.assets),
            503,
            "01J9-7F3A",
            retry_after=30,
        ),
        "home": p.HomePage(
            frame=frame(locale),
            title=say("早上好，李顾问", "Good morning, Li Ming"),
            note=say("11月21日 星期六", "Saturday 21 November"),
            groups=(
                p.HomeGroup(text=say("客户", "Customers"), cards=cards),
                p.HomeGroup(text=say("组织", "Organisation"), cards=cards[1:]),
            ),
        ),
        "home_empty": p.HomePage(
            frame=frame(locale),
            title=say("您好", "Hello"),
            empty=p.Empty(
                text=say("还没有权限", "No rights yet"),
                advice=say("请管理员为您分配角色。", "Ask an administrator for a role."),
            ),
        ),
        "search": p.SearchPage(
            frame=frame(locale),
            title=t.results_for.format(query="张伟"),
            query="张伟",
            groups=(
                p.HitGroup(
                    text=say("客户", "Customers"), icon="users", hits=hits, count="2", more_href="/data/customer/?q=x"
                ),
                p.HitGroup(text=say("车辆", "Vehicles"), icon="car", hits=hits),
            ),
        ),
        "search_none": p.SearchPage(frame=frame(locale), title=t.results_for.format(query="<x>"), query="<x>"),
    }


def parts(locale: str) -> dict[str, p.Part]:
    say = sayer(locale)

    around = frame(locale)
    found = (
        p.Option(value="3", text=say("李顾问", "Li Ming"), note=say("浦东店", "Pudong")),
        p.Option(value="4", text='"<b>"'),
    )
    return {
        "part_jobs": p.JobBoardPart(frame=around, board=running_board(say)),
        "part_condition": p.ConditionPart(frame=around, condition=condition(say)),
        "part_lookup": p.LookupPart(frame=around, options=found, more=True),
        "part_lookup_none": p.LookupPart(frame=around, options=()),
        "part_value": p.RevealedPart(frame=around, fact=facts(say)[0].facts[0]),
        "part_value_refused": p.RevealedPart(
            frame=around, fact=facts(say)[0].facts[1], error=say("今天的查看次数已用完。", "No more views today.")
        ),
        "part_step_up": p.StepUpPart(frame=around, form=again(say)),
        "part_step_up_wrong": p.StepUpPart(frame=around, form=again(say, say("密码不对。", "Not your password."))),
        "part_progress": p.ProgressPart(
            frame=around, progress=p.Progress(href="/x", phase="…", done="1", total="2", percent=50)
        ),
    }
