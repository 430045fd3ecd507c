"""Samples of the pages of API tokens."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def token_pages(locale: str, say: Say) -> dict[str, p.Page]:
    def table(title: str, *rows: p.TokenRow) -> p.TokenTable:
        columns = (say("名称", "Name"), say("能做什么", "What it may do"), say("到期", "Ends"), say("操作", "Actions"))
        nothing = p.Empty(text=say("还没有令牌。", "There are no tokens."), advice=say("建一个。", "Make one."))
        return p.TokenTable(title=title, columns=columns, rows=rows, empty=None if rows else nothing)

    row = p.TokenRow(
        text=say("官网线索", "Website leads"),
        hint="dlr_3f9c01ab…",
        cells=(say("客户：列表", "Customers: list"), "2027-02-19"),
        end_href="/tokens/7/end",
        tag=p.Tag(text=say("即将到期", "ends soon"), state="warn"),
    )
    verbs = tuple(
        p.Option(value=value, text=text, selected=value == "list")
        for value, text in (("list", say("列表", "List")), ("", ""), ("reveal", say("看完整号码", "Reveal")))
    )
    kinds = p.RightGroup(
        text=say("客户", "Customers"),
        rows=(p.RightRow(name="customer", text=say("客户", "Customers"), reaches=(), verbs=verbs),),
    )
    asking = {
        "frame": frame(locale),
        "title": say("新建令牌", "New token"),
        "action": "/tokens/new",
        "groups_title": say("逐类选择", "Choose by kind"),
        "groups_help": say("只列出您自己有的权限。", "Only what you may do yourself."),
        "columns": (say("数据", "Records"), say("列表", "List"), "", say("看完整号码", "Reveal")),
        "groups": (kinds,),
        "submit": say("建立令牌", "Make the token"),
        "cancel_href": "/tokens/",
    }
    name = {"name": "name", "label": say("名称", "Name"), "required": True}
    return {
        "tokens": p.TokensPage(
            frame=frame(locale),
            title=say("接口令牌", "API tokens"),
            note=say("程序凭令牌读写。", "Programs work by them."),
            buttons=(p.Button(text=say("新建令牌", "New token"), href="/tokens/new", icon="plus", main=True),),
            tables=(table(say("我的令牌", "Your tokens"), row), table(say("其他人的令牌", "Others' tokens"))),
            end=say("停用", "End"),
        ),
        "token_new": p.NewTokenPage(**asking, controls=(p.Control(**name),), note=say("说明", "Note")),
        "token_refused": p.NewTokenPage(
            **asking,
            controls=(p.Control(**name, error=say("请给令牌起个名字。", "Name the token.")),),
            problem=say("还不能建立。", "It cannot be made yet."),
        ),
        "token_made": p.MadeTokenPage(
            frame=frame(locale),
            title=say("令牌已建立", "The token is made"),
            label=say("令牌", "Token"),
            token="dlr_3f9c01ab" + "x" * 43,
            warning=say("请现在复制。", "Copy it now."),
            copy=say("复制", "Copy"),
            copied=say("已复制。", "Copied."),
            facts=((say("到期", "Ends"), "2027-02-19"),),
            back_href="/tokens/",
        ),
    }
