"""The words of the trail's review."""

from collections.abc import Mapping

from app.core.label import Label

TITLE = Label("审计轨迹", "Trail")
NOTE = Label(
    "谁在什么时候、从哪里、对什么做了什么；值在记录自己的轨迹里看。查看和导出本身也会留痕。",
    "Who did what, when, which way and to what; values stand in the record's own trail. Looking here is noted too.",
)
EVIDENCE = Label("查看证据", "Evidence")
BACKUP, PROVEN = (
    Label("最近的备份", "Newest backup"),
    Label("演练恢复于 {at:%m-%d %H:%M}", "restored in a drill {at:%m-%d %H:%M}"),
)
UNPROVEN, NO_BACKUP = Label("还没有演练恢复过", "never restored in a drill"), Label("没有备份", "none")
FINDINGS, WAITING = Label("待判断的风险事件", "Findings to judge"), Label("待封存批次", "Batches to seal")
CHECKED, NEVER = Label("每日自检", "Daily self-check"), Label("还没有检查过", "not checked yet")
SOUND, DAMAGED = Label("完好", "sound"), Label("已损坏", "damaged")
INCOMPLETE = Label("完好，但有内容无法核对", "sound as far as it can be checked")
AT = Label("{at:%m-%d %H:%M}，{entries} 条", "{at:%m-%d %H:%M}, {entries} entries")
ACTIVITY = Label("最近十四天", "The last fourteen days")
KINDS: Mapping[str, Label] = {
    "opened": Label("查看完整号码", "Numbers opened"),
    "exported": Label("导出和打印", "Exports and prints"),
    "refused": Label("被拒绝", "Refusals"),
    "rights": Label("权限变更", "Changes of rights"),
    "sign_in": Label("登录", "Sign-ins"),
}
FIRST_ACT: Mapping[str, str] = {"opened": "reveal", "exported": "export", "refused": "denied"}
BAR = Label("{day:%m-%d}：{n}", "{day:%m-%d}: {n}")
PERSON, ENTITY, RECORD = Label("姓名或登录名", "Name or login"), Label("数据", "Records"), Label("编号", "Number")
ACT, SOURCE = Label("动作", "Act"), Label("途径", "Way")
SINCE, UNTIL = Label("从", "From"), Label("到", "Until")
ANY = Label("全部", "Any")
FILTER, EXPORT, SIGN = Label("筛选", "Filter"), Label("导出", "Export"), Label("复核签署", "Sign off")
SIGNED = Label("复核记录", "Reviews")
COLUMNS = (
    Label("时间", "When"),
    Label("谁", "Who"),
    SOURCE,
    ACT,
    ENTITY,
    Label("内容", "What of it"),
)
OLDER = Label("更早的", "Older")
NONE, NONE_HINT = (
    Label("这段时间里没有符合条件的记录。", "No entry of this time matches."),
    Label("放宽条件，或选更早的日期。", "Ask for less, or for an earlier day."),
)
BAD_DAYS = Label("开始日不能晚于结束日。", "The period ends before it begins.")
TOO_LONG = Label("一次最多看 {days} 天，请缩短时间。", "At most {days} days at once; choose a shorter time.")
TOO_MANY = Label("一次最多导出 {most} 条，请缩小范围。", "At most {most} entries in one file; narrow what you ask for.")
NOBODY = Label("未登录", "nobody")
DATABASE = Label("数据库：{role}", "database: {role}")
DETAIL = Label("{name}：{value}", "{name}: {value}")
TIMES = Label("{n} 项", "{n}")
MARK = Label("{who} 于 {at:%Y-%m-%d %H:%M} 导出", "Exported by {who}, {at:%Y-%m-%d %H:%M}")
ACTS: Mapping[str, Label] = {
    "insert": Label("新建", "created"),
    "update": Label("修改", "changed"),
    "delete": Label("删除", "deleted"),
    "erase": Label("抹除", "erased"),
    "reveal": Label("查看完整号码", "opened a number"),
    "open": Label("看到本人客户号码", "saw own customer's number"),
    "dial": Label("拨号", "dialled"),
    "search": Label("按完整值查找", "searched by whole value"),
    "claim": Label("全集团查找", "looked in the group"),
    "export": Label("导出", "exported"),
    "print": Label("打印", "printed"),
    "import": Label("导入", "imported"),
    "job": Label("处理后台任务", "tended a job"),
    "import_undone": Label("撤销导入", "rolled an import back"),
    "undo": Label("撤销修改", "undone"),
    "bring_back": Label("从回收站恢复", "brought back"),
    "hand_over": Label("离职交接", "handed over"),
    "transfer": Label("转店", "transferred"),
    "denied": Label("被拒绝", "refused"),
    "sign_in": Label("登录", "signed in"),
    "sign_in_failed": Label("登录失败", "sign-in failed"),
    "sign_out": Label("退出", "signed out"),
    "locked": Label("被限制", "held back"),
    "step_up": Label("再次验证", "proved again"),
    "session_ended": Label("登录被结束", "session ended"),
    "password_changed": Label("改密码", "password changed"),
    "factor_set": Label("设置两步验证", "second factor set"),
    "factor_removed": Label("关闭两步验证", "second factor taken off"),
    "factor_reset": Label("重置两步验证", "second factor reset"),
    "recovery_codes_made": Label("生成恢复码", "recovery codes made"),
    "recovery_code_used": Label("使用恢复码", "recovery code used"),
    "device_trusted": Label("信任设备", "device trusted"),
    "device_forgotten": Label("取消信任设备", "device forgotten"),
    "token_created": Label("建令牌或邀请", "token or invitation made"),
    "token_ended": Label("令牌结束", "token ended"),
    "rights": Label("权限变更", "rights changed"),
    "schema": Label("表结构变更", "schema changed"),
    "attach": Label("开始留痕", "trail attached"),
    "detach": Label("停止留痕", "trail taken off"),
    "key_added": Label("加密钥版本", "key added"),
    "key_retired": Label("停用密钥", "key retired"),
    "reseal": Label("换新密钥加密", "sealed under a new key"),
    "backup": Label("备份", "backup"),
    "restore": Label("恢复", "restored"),
    "drill": Label("恢复演练", "restore rehearsed"),
    "job_failed": Label("任务失败", "job failed"),
    "audit_read": Label("查看轨迹", "read the trail"),
    "audit_verify": Label("校验轨迹", "verified the trail"),
    "audit_export": Label("导出轨迹", "exported the trail"),
    "console_read": Label("查看控制台", "looked at the console"),
}
DETAILS: Mapping[str, Label] = {
    "reason": Label("原因", "reason"),
    "deed": Label("操作", "deed"),
    "kind": Label("种类", "kind"),
    "words": Label("补充", "in words"),
    "why": Label("原因", "why"),
    "path": Label("地址", "path"),
    "code": Label("代码", "code"),
    "ip": Label("IP", "IP"),
    "session": Label("会话", "session"),
    "login": Label("登录名摘要", "login's digest"),
    "limit": Label("限制", "limit"),
    "failures": Label("连续失败", "failures in a row"),
    "format": Label("格式", "format"),
    "conditions": Label("条件", "conditions"),
    "searched": Label("含搜索词", "with words"),
    "fields": Label("字段", "fields"),
    "asked": Label("筛选", "filter"),
    "sha256": Label("文件摘要", "file's digest"),
    "given": Label("授予", "given to"),
    "taken": Label("收回自", "taken from"),
    "like": Label("仿照", "like"),
    "dropped": Label("删除", "dropped"),
    "was": Label("原来", "was"),
    "becomes": Label("现在", "becomes"),
    "token": Label("令牌", "token"),
    "invitation": Label("邀请", "invitation"),
    "version": Label("版本", "version"),
    "page": Label("页面", "page"),
}
NOUNS: Mapping[str, Label] = {
    "role": Label("角色", "Role"),
    "role_grant": Label("权限", "Right"),
    "record_grant": Label("临时授权", "Record grant"),
    "ab_user": Label("账号", "Account"),
    "ab_role": Label("角色", "Role"),
    "ab_user_role": Label("持有角色", "Role held"),
    "trail": TITLE,
    "console": Label("运维控制台", "Console"),
    "job": Label("后台任务", "Background job"),
    "schedule": Label("定时任务", "Schedule"),
}
