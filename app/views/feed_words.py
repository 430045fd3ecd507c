"""What the pages of feeds say."""

from app.core.label import Label
from app.exchange.feeds.run import State
from app.exchange.feeds.spec import Missing, Unit
from app.heads.pages.frame import State as Colour

TITLE = Label("品牌系统导入", "Brand system feeds")
COLUMNS = (
    Label("导入方案", "Profile"), Label("昨天", "Yesterday"), Label("品牌系统", "Brand system"),
    Label("资料", "Records"), Label("最近一天", "Last day"), Label("缺少的天数", "Days missing"),
)  # fmt: skip
DAYS = (
    Label("业务日", "Day"), Label("状态", "State"), Label("收到", "Taken"), Label("新增", "New"),
    Label("更新", "Changed"), Label("未收", "Refused"), Label("等待", "Waiting"), Label("文件", "Files"),
)  # fmt: skip
EMPTY = Label("还没有导入方案", "No profile yet")
ADVICE = Label("上传一份品牌系统的导出文件，就能建立方案。", "Send an export of a brand system to make one.")
NEW, SETTINGS = Label("新建方案", "New profile"), Label("方案设置", "Settings")
SEND, FILE = Label("导入这个文件", "Bring this file in"), Label("文件", "File")
NO_DAYS = Label("还没有收到文件", "No file has come yet")
NO_DAYS_ADVICE = Label("文件名应为 {pattern}。", "Files are named {pattern}.")
SENTENCE = Label(
    "昨天收到 {taken} 条，{refused} 条未收，{waiting} 条等待，缺 {missing} 天。",
    "Yesterday {taken} in, {refused} refused, {waiting} waiting; days missing: {missing}.",
)
MISSING, LATE, ON_WAY = Label("缺文件", "missing"), Label("迟到", "late"), Label("处理中", "on its way")
WHOLE, PARTLY, REFUSED = Label("齐全", "complete"), Label("有未收", "some refused"), Label("文件被拒", "file refused")
NONE = Label("无", "none")
TAKEN, STALE = Label("收到", "Taken"), Label("过期未用", "Older, not used")
COUNTS: dict[str, tuple[Label, Colour]] = {
    "rows": (Label("读到的行", "Rows read"), "neutral"),
    "created": (Label("新增", "New"), "ok"),
    "updated": (Label("更新", "Changed"), "info"),
    "unchanged": (Label("无变化", "Unchanged"), "neutral"),
    "stale": (STALE, "neutral"),
    "parts_created": (Label("新增明细", "New lines"), "ok"),
    "parts_updated": (Label("更新明细", "Changed lines"), "info"),
    "parts_removed": (Label("删除明细", "Removed lines"), "warn"),
    "waiting": (Label("等待对应资料", "Waiting for others"), "warn"),
    "refused": (Label("未收", "Refused"), "bad"),
}
STATES: dict[State, tuple[Label, Colour]] = {
    State.READING: (Label("读取中", "Being read"), "info"),
    State.WRITING: (Label("写入中", "Being written"), "info"),
    State.DONE: (Label("已完成", "Done"), "ok"),
    State.REFUSED: (Label("整份拒收", "Refused whole"), "bad"),
    State.UNDOING: (Label("回滚中", "Being rolled back"), "info"),
    State.UNDONE: (Label("已回滚", "Rolled back"), "neutral"),
}
DAY, WHO, WHEN = Label("业务日", "Business day"), Label("谁", "Who"), Label("时间", "When")
REPEATS = Label("重复收到", "Came again")
ROLLED_BACK = Label(
    "已回滚：移除 {removed} 条，恢复 {restored} 条，保留 {spared} 条别人改过或在用的。",
    "Rolled back: {removed} removed, {restored} put back, {spared} left because others changed or use them.",
)
CHANGED_BY = Label("{by} 于 {at} 改过", "changed by {by} at {at}")
USED = Label("其他资料正在用它", "others refer to it")
KEPT = Label("这类记录只增不改", "its kind is only added to")
MORE = Label("另有 {n} 行", "{n} more lines")
# Settings
CODE, NAME = Label("代码", "Code"), Label("名称", "Name")
SYSTEM, STORES = Label("品牌系统", "Brand system"), Label("写入的门店", "Stores it writes to")
ENTITY, PART = Label("资料", "Records"), Label("明细（可空）", "Lines (optional)")
PATTERN = Label("文件名", "Name of files")
PATTERN_HELP = Label(
    "{day} 是业务日，{seq} 是当天第几版，* 是任意文字，方括号里的可有可无。",
    "{day} is the business day, {seq} the version of the day, * anything; what stands in brackets may be left out.",
)
OF_RECORD = Label("以品牌系统为准", "The brand's system decides")
OF_RECORD_HELP = Label(
    "打开后可更正已锁定的记录，包括退回状态。", "It may then correct locked records, and take a state back."
)
WATCHED, DAILY, ACTIVE = (
    Label("监视文件夹", "Watch its folder"),
    Label("每天都有文件", "A file each day"),
    Label("启用", "In use"),
)
STORE_CODES = Label("门店代码对照", "The brand's store codes")
CODES_HELP = Label("写成 SH01=PD；SH02=XH。", "Like SH01=PD; SH02=XH.")
KEYS, KEYS_HELP = Label("主键栏目", "Natural key"), Label("用它认出同一条记录。", "By which the same record is known.")
TARGET, WORDS, FORM = (
    Label("对应栏目", "Field"),
    Label("用词对照", "Words"),
    Label("金额单位或日期写法", "Unit or date form"),
)
WORDS_HELP = Label("写成 已结=settled；在修=working。", "Like “已结=settled; 在修=working”.")
FORM_HELP = Label("fen、wan，或 %d.%m.%Y 这样的写法；通常不填。", "fen, wan, or a form like %d.%m.%Y; mostly empty.")
IF_MISSING = Label("找不到“{name}”时", "Where no {name} is found")
MISSINGS = {
    Missing.WAIT: Label("等待，出现后自动补收", "wait until it is there"),
    Missing.MAKE: Label("按这一行新建", "make it from the row"),
    Missing.EMPTY: Label("留空", "leave it empty"),
}
UNITS = frozenset({Unit.FEN.value, Unit.WAN.value})
SPECIAL = {
    "skip": Label("不导入", "Leave out"),
    "store": Label("门店代码", "The store's code"),
    "changed": Label("最后修改时间", "When it was last changed"),
    "day": Label("业务日（核对用）", "The business day, to be checked"),
}
ALSO = Label("（只作说明，不用来找）", " (told, not found by)")
SAMPLE = Label("一份导出文件", "An export to begin with")
SAVE = Label("保存方案", "Save the profile")
COUNTED = Label("行号按顺序自动编", "Number the lines in order")
CONSTANTS = Label("固定值", "Fixed values")
CONSTANTS_HELP = Label("一行一个，如 work_order.kind=maintenance。", "One a line, like work_order.kind=maintenance.")
