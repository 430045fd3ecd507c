"""Sample pages of reception."""

from dataclasses import replace

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def receiving_pages(locale: str, say: Say) -> dict[str, p.Page]:
    box = p.ReceivePage(
        frame=frame(locale),
        title=say("车到店 / 查找", "Receive or find"),
        action="/receive",
        control=p.Control(name="value", label=say("车牌号", "Plate"), required=True, maxlength=40, value="沪A12345"),
        submit=say("查找", "Find"),
        note=say("按完整号码查找。", "Looks by whole values."),
    )
    hit = p.Hit(title="沪A·12345", href="/data/vehicle/1", note=say("凯美瑞", "Camry"))
    group = p.HitGroup(text=say("车辆", "Vehicles"), icon="car", hits=(hit,))
    form = p.ArrivalForm(
        title=say("登记到店", "Who came in"),
        action="/receive/arrive",
        controls=(
            p.Control(name="name", label=say("姓名", "Name"), autofocus=True),
            p.Control(name="phone", label=say("手机", "Mobile"), widget="tel", error=say("请核对。", "Check it.")),
        ),
        submit=say("车到店了", "The car is here"),
        hidden=(("vehicle", "1"),),
        note=say("资料请当面询问。", "Ask the person."),
        problem=say("请选择门店。", "Choose a store."),
    )
    transfer = p.AskTransfer(
        action="/receive/transfer",
        submit=say("请求转移", "Ask for transfer"),
        hidden=(("kind", "plate"), ("value", "沪A12345")),
        note=say("不含客户资料。", "Tells of nobody."),
    )
    return {
        "receive": box,
        "receive_found": replace(
            box,
            groups=(group,),
            known=(say("银色 凯美瑞，最近 2026-08，徐汇店", "silver Camry, last 2026-08, Xuhui"),),
            known_title=say("集团内已知", "Known in the group"),
            transfer=transfer,
            form=form,
        ),
        "receive_unknown": replace(box, nothing=say("没有登记过。", "Nobody knows it."), form=form),
        "received": p.ReceivedPage(
            frame=frame(locale),
            title=say("已登记到店", "Entered"),
            groups=(group,),
            buttons=(p.Button(text=say("开工单", "Open a work order"), href="/data/work_order/add", main=True),),
            note=say("接下来开工单。", "Next: a work order."),
        ),
    }
