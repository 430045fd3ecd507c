"""Samples of the pages of roles and rights."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def rights_pages(locale: str, say: Say) -> dict[str, p.Page]:
    verbs = tuple(
        p.Option(value=value, text=text, selected=value == "list")
        for value, text in (("list", say("列表", "List")), ("update", say("修改", "Update")), ("", ""))
    )
    row = p.RightRow(
        name="customer",
        text=say("客户", "Customers"),
        reaches=(
            p.Option(value="store", text=say("本店", "Store"), selected=True),
            p.Option(value="own", text=say("本人", "Own")),
        ),
        verbs=verbs,
    )
    head = {
        "frame": frame(locale),
        "title": say("销售顾问", "Sales consultant"),
        "groups": (p.RightGroup(text=say("客户", "Customers"), rows=(row,)),),
        "columns": (say("数据", "Records"), say("范围", "Reach"), say("列表", "List"), say("修改", "Update"), ""),
        "people_title": say("持有这个角色的人", "Who holds this role"),
        "holders": (
            p.RoleHolder(user=7, text="李顾问", note="consultant · 浦东店"),
            p.RoleHolder(
                user=8, text="王顾问", note="wang", tag=p.Tag(text=say("不能登录", "cannot sign in"), state="warn")
            ),
        ),
    }
    why = {
        "frame": frame(locale),
        "title": say("为什么？", "Why?"),
        "action": "/rights/why",
        "controls": (p.Control(name="who", label=say("谁", "Who"), value="consultant"),),
        "submit": say("为什么？", "Why?"),
    }
    return {
        "rights": p.RightsPage(
            **head,
            action="/rights/7/preview",
            submit=say("看看会影响谁", "See whom it concerns"),
            print="0f",
            people_action="/rights/7/people",
            adding=p.Control(name="add", label=say("登录名或姓名", "Login or name")),
            add=say("加入", "Add"),
            remove=say("移除", "Remove"),
            load_action="/rights/7/file",
            loading=p.Control(name="file", label=say("从文件载入", "Load from a file"), widget="file"),
            load=say("看看会影响谁", "See whom it concerns"),
            history_title=say("最近的改动", "What changed lately"),
            history=(("2026-11-22 09:00 系统管理员", say("客户：本店 → 本人", "Customers: store → own")),),
        ),
        "role_fields": p.RoleFieldsPage(
            frame=frame(locale),
            title=say("销售顾问：客户的字段", "Sales consultant: fields of Customers"),
            note=say("按看得最多的角色算。", "The role that shows most counts."),
            problem=say("不能隐藏", "Not to be hidden"),
            columns=(say("字段", "Field"), say("自己的记录", "In his own"), say("其他记录", "In others")),
            rows=(
                p.FieldSetting(
                    name="note",
                    text=say("备注", "Note"),
                    note=say("个人信息", "personal"),
                    mine=(p.Option(value="", text=say("按默认（明文）", "As shipped (clear)")),),
                    scope=(p.Option(value="1", text=say("打码", "masked"), selected=True),),
                ),
            ),
            fixed=say("不可另设：姓名。", "Not set by role: name."),
            action="/rights/7/fields/customer",
            submit=say("看看会影响谁", "See whom it concerns"),
            print="0f",
        ),
        "rights_read": p.RightsPage(
            **head,
            note=say("您自己持有", "yours"),
            problem=say("不能修改", "Not yours to change"),
        ),
        "why": p.WhyPage(
            **why,
            verdict=p.Count(
                text=say("李顾问：修改 客户", "Li: update customers"), value=say("不可以", "Not allowed"), state="bad"
            ),
            grounds=(
                p.Ground(text=say("账号有效。", "The account is open."), allows=True, word=say("可以", "Allowed")),
                p.Ground(text=say("不在范围内。", "Out of reach."), allows=False, word=say("不可以", "Not allowed")),
            ),
            fields_title=say("各项怎样显示", "How fields stand"),
            columns=(say("客户", "Customer"), say("自己的", "His own"), say("其他", "Others"), say("填写", "Writes")),
            fields=(
                p.FieldStand(
                    text=say("手机", "Mobile"),
                    cells=(
                        p.Tag(text=say("明文", "clear"), state="ok"),
                        p.Tag(text=say("打码", "masked"), state="warn"),
                        p.Tag(text=say("可以", "yes"), state="ok"),
                    ),
                ),
            ),
            people_title=say("谁能看到", "Who may see it"),
            people=(p.Link(text="李顾问", href="/rights/why?who=li"), p.Link(text="…", href="")),
        ),
        "why_asked": p.WhyPage(**why, note=say("说明", "Note"), problem=say("没有找到这个人", "Nobody was found")),
    }
