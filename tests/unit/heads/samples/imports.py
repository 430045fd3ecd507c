"""Sample steps of the import."""

from app.heads import pages as p
from app.heads.words import texts
from tests.unit.heads.samples.around import Say, frame


def steps(say: Say, current: int) -> dict[str, object]:
    words = (say("上传", "Upload"), say("对应", "Mapping"), say("试运行", "Dry run"), say("导入", "Import"))
    return {
        "steps": tuple(
            p.Link(text=text, href=f"/import/3/{n}" if n < current else "", current=n == current)
            for n, text in enumerate(words)
        ),
        "batches_href": "/import/",
    }


def step_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {"frame": frame(locale), "title": say("导入客户", "Import customers")}
    options = (p.Option(value="1", text=say("浦东店", "Pudong"), selected=True),)
    upload = (
        p.Control(name="file", label=texts(locale).file, widget="file", accept=".csv,.xlsx", required=True),
        p.Control(name="store", label=say("门店", "Store"), widget="select", options=options, required=True),
        p.Control(
            name="owner",
            label=say("归属规则", "Owner rule"),
            widget="select",
            options=(p.Option(value="file", text=say("按文件中的顾问", "As named in the file")),),
            help=say("找不到顾问时留空。", "Empty where nobody is found."),
        ),
    )
    targets = (
        p.TargetGroup(
            text=say("客户", "Customer"),
            options=(
                p.Option(value="name", text=say("姓名", "Name")),
                p.Option(value="phone", text=say("手机", "Mobile")),
            ),
        ),
        p.TargetGroup(text=say("车辆", "Vehicle"), options=(p.Option(value="vehicle.vin", text="VIN"),)),
        p.TargetGroup(
            text=say("其他", "Other"),
            options=(
                p.Option(value="keep", text=say("加密保存", "Keep sealed")),
                p.Option(value="skip", text=say("不导入", "Leave out")),
            ),
        ),
    )
    columns = (
        p.SourceColumn(
            index=0,
            name="客户姓名",
            samples=("张伟", "王芳", "欧阳喆"),
            chosen="name",
            sure=p.Tag(text=say("确定", "sure"), state="ok"),
        ),
        p.SourceColumn(
            index=1,
            name="联系电话",
            samples=("138****8000", "186****2204"),
            chosen="phone",
            sure=p.Tag(text=say("请核对", "check"), state="warn"),
            error=say("“手机”已对应另一列。", "Mobile is already another column."),
        ),
        p.SourceColumn(index=2, name="车架号", samples=("LVGBE40K0GP458457",), chosen="vehicle.vin"),
        p.SourceColumn(
            index=3,
            name="会员积分",
            samples=("1,200", "80"),
            chosen="keep",
            sure=p.Tag(text=say("没有对应字段", "no field")),
        ),
    )
    detected = (
        p.Count(text=say("数据行", "Rows"), value="11,482"),
        p.Count(text=say("编码", "Encoding"), value="GB18030"),
        p.Count(text=say("分隔符", "Separator"), value=say("逗号", "comma")),
        p.Count(text=say("表头", "Header"), value=say("第 2 行", "line 2")),
    )
    return {
        "import_upload": p.UploadPage(
            **head,
            **steps(say, 0),
            action="/import/customer/",
            controls=upload,
            limit=say("CSV、XLSX，最大 20 MB", "CSV or XLSX, up to 20 MB"),
            problem=say(
                "文件打不开：不是 XLSX。请另存为 XLSX 或 CSV 后再传。",
                "This is not an XLSX. Save it as XLSX or CSV and try again.",
            ),
        ),
        "import_mapping": p.MappingPage(
            **head,
            **steps(say, 1),
            action="/import/3/mapping",
            back_href="/import/",
            file=detected,
            columns=columns,
            targets=targets,
            controls=(p.Control(name="sheet", label=say("工作表", "Sheet"), widget="select", options=options),),
        ),
    }


def failing(say: Say) -> tuple[p.FailingRow, ...]:
    return (
        p.FailingRow(
            line="17",
            column="车架号",
            value="LVGBE40K0GP45845",
            reason=say("VIN 应为 17 位。", "A VIN has 17 characters."),
        ),
        p.FailingRow(line="204", column="联系电话", reason=say("号码应为 11 位。", "A mobile number has 11 digits.")),
    )


def run_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {"frame": frame(locale), "title": say("导入客户", "Import customers")}
    answers = (
        p.Option(value="join", text=say("合并", "Join"), selected=True),
        p.Option(value="new", text=say("新建", "Add as new")),
        p.Option(value="skip", text=say("跳过", "Skip")),
    )
    offers = (
        p.JoinOffer(
            key="9",
            line="9",
            incoming="张伟 138****8000",
            existing="张伟",
            href="/data/customer/1",
            why=say("手机相同", "same phone"),
            options=answers,
        ),
    )
    counts = (
        p.Count(text=say("新增", "New"), value="11,204", state="ok"),
        p.Count(text=say("已有", "Matched"), value="212", note=say("待确认合并", "to be joined")),
        p.Count(text=say("不能导入", "Failing"), value="66", state="bad"),
    )
    progress = p.Progress(
        href="/import/3/progress",
        phase=say("正在写入客户", "Writing customers"),
        done="6,200",
        total="11,416",
        percent=54,
        note=say("约剩 4 秒", "about 4 s left"),
    )
    refused = {
        "failing": failing(say),
        "failing_more": say("另有 64 行", "64 more rows"),
        "failed_href": "/import/3/failed.csv",
    }
    return {
        "import_dryrun": p.DryRunPage(
            **head,
            **steps(say, 2),
            **refused,
            action="/import/3/run",
            submit=say("导入 11,416 条", "Import 11,416"),
            back_href="/import/3/mapping",
            counts=counts,
            offers=offers,
            join_all=answers,
            kept=("会员积分", "备注2"),
        ),
        "import_progress": p.ProgressPage(**head, **steps(say, 3), progress=progress, file="legacy_customers.csv"),
        "import_result": p.ResultPage(
            **head,
            **steps(say, 3),
            **refused,
            file="legacy_customers.csv",
            tag=p.Tag(text=say("已完成", "Done"), state="ok"),
            counts=counts,
            records_href="/data/customer/?batch=3",
            rollback_action="/import/3/rollback",
            facts=(
                p.Count(text=say("操作人", "Who"), value="李顾问"),
                p.Count(text=say("门店", "Store"), value=say("浦东店", "Pudong")),
            ),
            kept=("会员积分",),
        ),
        "import_rolled_back": p.ResultPage(
            **head,
            file="legacy_customers.csv",
            tag=p.Tag(text=say("已撤销", "Rolled back")),
            counts=counts,
            rolled_back=say("已撤销：删除 11,202 条，保留 2 条。", "Rolled back: 11,202 removed, 2 spared."),
            spared=(
                p.Spared(
                    text="张伟",
                    href="/data/customer/1",
                    why=say("李顾问 11-20 修改过", "changed by Li Ming on 20 November"),
                ),
            ),
        ),
        "import_batches": p.BatchesPage(
            frame=frame(locale),
            title=texts(locale).batches,
            batches=(
                p.Batch(
                    file="legacy_customers.csv",
                    href="/import/3",
                    tag=p.Tag(text=say("已完成", "Done"), state="ok"),
                    entity=say("客户", "Customer"),
                    store=say("浦东店", "Pudong"),
                    who="李顾问",
                    when="11-20 14:02",
                    exact="2026-11-20T14:02:00+08:00",
                    counts=counts,
                ),
            ),
            buttons=(p.Button(text=say("新导入", "New import"), href="/import/new", icon="upload", main=True),),
            next_href="?p=2",
        ),
    }


def feed_pages(locale: str, say: Say) -> dict[str, p.Page]:
    columns = (say("业务日", "Day"), say("状态", "State"), say("收到", "Taken"), say("文件", "Files"))
    rows = (
        p.FeedRow(
            text="2026-11-05",
            tag=p.Tag(text=say("有未收", "some refused"), state="warn"),
            cells=("42",),
            links=(p.Link(text="WO_20261105.csv", href="/feeds/runs/1"), p.Link(text="WO_2.csv", href="/feeds/runs/2")),
        ),
        p.FeedRow(text="2026-11-04", tag=p.Tag(text=say("缺文件", "missing"), state="bad"), cells=("0", "—")),
        p.FeedRow(text=say("工单", "Orders"), href="/feeds/orders/", cells=("1", "2")),
    )
    head = {"frame": frame(locale), "title": say("工单", "Work orders"), "columns": columns}
    file = p.Control(name="file", label=texts(locale).file, widget="file", accept=".csv", required=True)
    return {
        "feed": p.FeedsPage(
            **head, rows=rows, note=say("昨天收到 42 条。", "Yesterday 42 in."),
            action="/feeds/orders/", controls=(file,),
            submit=say("导入", "Bring in"), problem=say("文件名不符合。", "Not named so."),
            counts=(p.Count(text=say("收到", "Taken"), value="42"),),
            buttons=(p.Button(text=say("方案设置", "Settings"), href="/feeds/orders/settings", icon="adjustments"),),
        ),
        "feeds_empty": p.FeedsPage(
            **head, rows=(), empty=p.Empty(text=say("还没有", "None yet"), advice=say("上传。", "Send one."))
        ),
    }  # fmt: skip
