"""The words of API tokens."""

from app.core.label import Label

TITLE = Label("接口令牌", "API tokens")
NOTE = Label(
    "程序凭令牌以您的名义读写，权限不超过您本人，也不超过令牌的范围。",
    "By a token a program works in your name: never with more than your rights, nor than the token's scopes.",
)
NEW, MINE, OTHERS = (
    Label("新建令牌", "New token"),
    Label("我的令牌", "Your tokens"),
    Label("其他人的令牌", "Others' tokens"),
)
NONE, NONE_ADVICE = (
    Label("还没有令牌。", "There are no tokens."),
    Label("给每个程序单独建一个，不用时随时停用。", "Make one for each program, and end it when it is not used."),
)
NAME, OWNER, SCOPES, ADDRESSES, USED, ENDS, ACTS = (
    Label("名称", "Name"),
    Label("所属", "Owner"),
    Label("能做什么", "What it may do"),
    Label("使用地址", "Addresses"),
    Label("最近使用", "Last used"),
    Label("到期", "Ends"),
    Label("操作", "Actions"),
)
ANYWHERE, NEVER = Label("不限", "anywhere"), Label("从未使用", "never")
END, END_ASK = (
    Label("停用", "End"),
    Label("停用“{name}”（{hint}…）？", "End “{name}” ({hint}…)?"),
)
END_NOTE = Label(
    "用它的程序会立即失去访问，不能恢复；需要时请另建一个。",
    "Programs that use it lose access at once, and it does not come back; make another when one is needed.",
)
END_OTHER = Label("这是 {owner} 的令牌。", "This token belongs to {owner}.")
ENDED = Label("令牌已停用。", "The token is ended.")
SOON = Label("即将到期", "ends soon")
ALL = Label("本人的全部权限，不含看完整号码", "All you may but revealing")
ALL_HIS = Label("所属人的全部权限，不含看完整号码", "All its owner may but revealing")
READ = Label("只读", "Reading")
ONE, ANY_VERB = Label("{entity}：{verbs}", "{entity}: {verbs}"), Label("全部，不含看完整号码", "all but revealing")
AND = Label("{first}、{second}", "{first}, {second}")
EACH = Label("各类数据", "Every kind")
MORE, BETWEEN = Label("等 {n} 类", "{n} kinds in all"), Label("；", "; ")
NAME_LABEL = Label("名称（给谁用）", "Name: what will use it")
MODE = Label("能做什么", "What it may do")
CHOSEN_MODE = Label("只做下面勾选的", "Only what is ticked below")
READ_MODE = Label("只读：看您能看的一切", "Reading: all you may see")
ALL_MODE = Label("您能做的一切（不含看完整号码）", "All you may do, but revealing")
DAYS = Label("有效期", "Term")
DAYS_UNIT = Label("天", "days")
DAYS_HELP = Label("1 到 365 天。", "1 to 365 days.")
FROM = Label("只能从这些地址使用", "Only from these addresses")
FROM_HELP = Label(
    "每行一个 IP 或网段，如 203.0.113.7、10.1.0.0/16；留空不限。",
    "An address or network a line, as 203.0.113.7 or 10.1.0.0/16; empty: from anywhere.",
)
KINDS = Label("逐类选择", "Choose by kind")
KINDS_HELP = Label(
    "只列出您自己有的权限；您的权限变小，令牌随之变小，之后变大则不会超出这里。“看完整号码”要专门勾选。",
    "Only what you may do yourself. Less for you is less for the token; more for you is no more than this. "
    "Revealing is ticked by itself.",
)
RECORDS = Label("数据", "Records")
MAKE = Label("建立令牌", "Make the token")
NOTHING_TICKED = Label("请至少勾选一项。", "Tick at least one.")
TICKED_TOO = Label(
    "下面有勾选，请在“能做什么”选“只做下面勾选的”，或清除勾选。",
    "Something is ticked below: choose “Only what is ticked below”, or clear the ticks.",
)
WRONG = Label("还不能建立，请看标红的栏目。", "It cannot be made yet; see the fields marked.")
MADE = Label("令牌已建立", "The token is made")
TEXT = Label("令牌", "Token")
ONCE = Label(
    "请现在复制并妥善保存：离开这个页面后再也看不到。不要发给别人，不要写进网址或聊天。",
    "Copy it now and keep it safe: it is never shown again. Send it to nobody, and put it into no address or chat.",
)
COPY, COPIED = Label("复制", "Copy"), Label("已复制。", "Copied.")
EXAMPLE = Label("程序这样使用", "A program uses it like this")
