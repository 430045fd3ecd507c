"""The words of the page of backups."""

from collections.abc import Mapping

from app.core.label import Label

TITLE = Label("备份", "Backups")
NOTE = Label(
    "每小时备份一次，每周自动恢复演练。只有恢复过的备份才算可靠；恢复要在服务器上用命令进行。",
    "One an hour, and a drill a week. Only what was restored counts as good; restoring is a command on the server.",
)
NOW = Label("立即备份", "Back up now")
ASKED = Label("已开始安排备份。", "A backup is on its way.")
BUSY = Label("已有备份正在进行，请等它完成。", "A backup is at work already; wait for it.")
NEWEST, PROVEN = Label("最近的备份", "Newest backup"), Label("最近的恢复演练", "Last drill that succeeded")
KEPT, TOOK = Label("保留的备份", "Backups kept"), Label("演练恢复用时", "A drill takes")
NEVER = Label("还没有", "none yet")
GOOD_OF = Label("其中 {n} 个恢复过", "{n} of them restored")
MINUTES, HOURS, DAYS = (
    Label("{n} 分钟前", "{n} min ago"),
    Label("{n} 小时前", "{n} h ago"),
    Label("{n} 天前", "{n} days ago"),
)
SECONDS = Label("{n} 秒", "{n} s")
COMPARED = Label(
    "{tables} 张表、{rows} 行、{entries} 条轨迹逐一核对，打开 {opened} 个加密值、{files} 个文件",
    "compared {tables} tables, {rows} rows, {entries} trail entries; opened {opened} sealed values, {files} files",
)
MONTH = Label("最近三十天", "The last thirty days")
SIZES, DURATIONS = (
    Label("大小（每天最大）", "Size, the day's largest"),
    Label("用时（每天最长）", "Time, the day's longest"),
)
BAR, NO_BAR = (
    Label("{day:%m-%d}：{value}，{n} 次", "{day:%m-%d}: {value}, {n} made"),
    Label("{day:%m-%d}：无", "{day:%m-%d}: none"),
)
BACKUPS, ACTS = Label("备份列表", "Backups"), Label("最近的操作", "Latest attempts")
BACKUP_COLUMNS = (
    Label("时间", "Made"),
    Label("状态", "State"),
    Label("大小", "Size"),
    Label("行数", "Rows"),
    Label("用时", "Took"),
    Label("名称", "Name"),
)
ACT_COLUMNS = (
    Label("时间", "When"),
    Label("结果", "Result"),
    Label("操作", "What"),
    Label("用时", "Took"),
    Label("说明", "More"),
)
STATES: Mapping[str, Label] = {
    "good": Label("可靠：{at:%m-%d} 恢复过", "good: restored {at:%m-%d}"),
    "unproven": Label("未经恢复", "not yet restored"),
    "lost": Label("丢失", "lost"),
    "pruned": Label("已按规则清理", "pruned by the rule"),
}
DOING: Mapping[str, Label] = {
    "create": Label("备份", "backup"),
    "drill": Label("恢复演练", "drill"),
    "restore": Label("恢复", "restore"),
    "prune": Label("清理", "prune"),
    "upgrade": Label("升级", "upgrade"),
}
DONE, FAILED = Label("成功", "done"), Label("失败", "failed")
GOES_ON, BROKEN_OFF = Label("进行中", "at work"), Label("中断", "broken off")
GONE = Label("清理了 {n} 个", "{n} pruned")
WAITING = Label("备份已排队，等待后台开始", "The backup waits for its worker")
AT_WORK = Label("正在备份：{step}，已 {n} 秒", "Backing up: {step}, {n} s so far")
STEPS: Mapping[str, Label] = {
    "": Label("准备", "getting ready"),
    "database": Label("数据库", "the database"),
    "files": Label("上传的文件", "uploaded files"),
    "sums": Label("逐表计数与校验", "counting and summing every table"),
}
SINCE = Label("{what}（自 {at:%m-%d %H:%M} 起）", "{what}, since {at:%m-%d %H:%M}")
NONE = Label("还没有备份。", "There is no backup yet.")
NONE_HINT = Label(
    "第一次备份在下一个整点后；也可以现在就做。", "The first is made after the full hour; or make one now."
)
NO_ACTS = Label("还没有任何操作。", "Nothing was tried yet.")
