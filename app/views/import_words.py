"""What the import wizard says."""

from app.core.label import Label
from app.exchange.batch import Owner, State
from app.heads.pages.frame import State as Colour

TITLE = Label("导入客户和车辆", "Import customers and cars")
STEPS = (Label("上传", "Upload"), Label("对应", "Mapping"), Label("试运行", "Dry run"), Label("导入", "Import"))
LIMIT = Label("CSV、TXT、XLSX，最大 {most} MB", "CSV, TXT or XLSX, up to {most} MB")
STORE, OWNER = Label("门店", "Store"), Label("归属", "Owner")
NO_STORE = Label("请选择您可以导入的门店。", "Choose a store you may import into.")
OWNERS = {
    Owner.NOBODY: Label("暂不归属任何人", "Nobody for now"),
    Owner.ME: Label("归我", "Me"),
    Owner.EMPLOYEE: Label("归一位员工（下一步选择）", "One employee (chosen in the next step)"),
    Owner.COLUMN: Label("按文件中的顾问", "As named in a column of the file"),
}
OWNER_HELP = Label(
    "按文件归属时，找不到的顾问会留空，并在试运行里计数。",
    "Names that are not found are left empty and counted in the dry run.",
)
STATES: dict[State, tuple[Label, Colour]] = {
    State.MAPPING: (Label("待对应", "To be mapped"), "neutral"),
    State.CHECKING: (Label("试运行中", "Being checked"), "info"),
    State.CHECKED: (Label("待确认", "To be confirmed"), "warn"),
    State.IMPORTING: (Label("导入中", "Importing"), "info"),
    State.DONE: (Label("已完成", "Done"), "ok"),
    State.UNDOING: (Label("撤销中", "Being rolled back"), "info"),
    State.UNDONE: (Label("已撤销", "Rolled back"), "neutral"),
    State.FAILED: (Label("已中断", "Stopped"), "bad"),
    State.EXPIRED: (Label("已过期", "Expired"), "neutral"),
}
PHASES = {
    State.CHECKING: Label("正在试运行：逐行读取、核对", "Dry run: reading and checking every row"),
    State.IMPORTING: Label("正在写入客户和车辆", "Writing customers and cars"),
    State.UNDOING: Label("正在撤销导入", "Rolling the import back"),
}
NEW = {"customer": Label("新客户", "New customers"), "vehicle": Label("新车辆", "New cars")}
MATCHED = {
    "customer": Label("本店已有客户", "Customers here already"),
    "vehicle": Label("本店已有车辆", "Cars here already"),
}
FAILING, ROWS = Label("不能导入的行", "Failing rows"), Label("读到的行", "Rows read")
REPEATED, LEFT_OUT = Label("文件内重复的行", "Repeated in the file"), Label("跳过的行", "Left out")
NO_STAFF = Label("找不到的顾问", "Unknown consultants")
TITLES_SKIPPED = Label("标题、合计等跳过 {n} 行", "{n} title, total and blank rows passed over")
SUBMIT = Label("导入 {n} 行", "Import {n} rows")
NOTHING = Label(
    "没有可以导入的行。请更正文件或返回修改对应。",
    "No row can be imported. Correct the file or go back to the mapping.",
)
NOT_YOURS = Label("只有上传人可以确认导入。", "Only who uploaded the file can confirm the import.")
MORE_ROWS, MORE_OFFERS = (
    Label("另有 {n} 行", "{n} more rows"),
    Label(
        "另有 {n} 行与本店已有记录相符，将按“全部按此处理”或合并处理。",
        "{n} more rows match; they follow “do this for all”, or are joined.",
    ),
)
WHY = {
    "number": Label("客户编号相同", "same customer number"),
    "id_card": Label("身份证号相同", "same identity number"),
    "person": Label("手机和姓名相同", "same mobile and name"),
    "car": Label("同名车主的同一辆车", "same car and owner's name"),
    "vin": Label("车架号相同", "same VIN"),
}
ANSWERS = {
    "join": Label("合并（只补空白）", "Join (fill gaps only)"),
    "new": Label("仍新建客户", "Add as a new customer"),
    "skip": Label("跳过这一行", "Leave the row out"),
}
REMOVED = Label(
    "已撤销：删除 {removed} 条，还原 {restored} 条，保留 {spared} 条。",
    "Rolled back: {removed} removed, {restored} restored, {spared} spared.",
)
CHANGED_BY = Label("{by} 于 {at} 修改过", "changed by {by} on {at}")
USED = Label("已有其他记录引用它", "other records refer to it")
WHO, WHEN = Label("操作人", "Who"), Label("时间", "When")
NEW_IMPORT = Label("导入文件", "Import a file")
NO_BATCH, NO_BATCH_ADVICE = (
    Label("还没有导入过", "Nothing was imported yet"),
    Label("上传旧系统导出的客户名单即可开始。", "Upload a list of customers from the old system to begin."),
)
AND = Label("、", ", ")
