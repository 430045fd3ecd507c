"""The words of account security."""

from app.core.label import Label

TITLE = Label("账号安全", "Account security")
FACTOR = Label("两步验证", "Two-step sign-in")
ON, OFF, DUE = Label("已开启", "on"), Label("未开启", "off"), Label("需要开启", "to be set up")
ABOUT = Label(
    "开启后，登录时除密码外还要输入手机验证器（如微信小程序“腾讯身份验证器”、Microsoft Authenticator）上的 6 位验证码。"
    "密码被人知道了，账号也进不去。",
    "Once on, signing in asks for the six digits of an authenticator app on your phone beside your password, so that"
    " who learns your password still stays out.",
)
SINCE = Label("{at} 开启。剩 {n} 个恢复码。", "On since {at}. Recovery codes left: {n}.")
CODE_USED = Label("最近一次使用恢复码：{at}。", "A recovery code was last used on {at}.")
FEW = Label("恢复码快用完了，请重新生成。", "Few recovery codes are left; make new ones.")
MUST = Label(
    "您的角色要求开启两步验证：请在 {days} 天内设置。",
    "Your role asks for two-step sign-in: set it up within {days} days.",
)
MUST_NOW = Label(
    "您的角色要求开启两步验证，现在就请设置；设好后即可继续工作。",
    "Your role asks for two-step sign-in. Set it up now, and you can go on with your work.",
)
SET_UP, REPLACE, RENEW, TURN_OFF = (
    Label("开启两步验证", "Turn on"),
    Label("换手机 / 重新绑定", "Use another phone"),
    Label("重新生成恢复码", "New recovery codes"),
    Label("关闭两步验证", "Turn off"),
)
OFF_ASK = Label(
    "关闭后，登录只需密码；其他设备上的登录会结束。确定关闭？",
    "Then a password alone signs you in, and your other sessions end. Turn it off?",
)
TURNED_OFF = Label("两步验证已关闭。", "Two-step sign-in is off.")
RENEW_ASK = Label(
    "生成十个新的恢复码，原来的全部作废。继续？", "Ten new recovery codes are made and the old ones are void. Go on?"
)
SCAN = Label("用手机上的验证器应用扫描这个二维码：", "Scan this code with the authenticator app on your phone:")
TYPE = Label("扫不了？在应用里手动输入这串密钥：", "Cannot scan? Type this key into the app:")
CONFIRM = Label("输入应用里显示的 6 位验证码：", "Enter the six digits the app shows:")
PICTURE = Label(
    "绑定验证器的二维码，内容与下面的密钥相同", "QR code for the authenticator; it holds the key given below"
)
CODE = Label("验证码", "Code")
CONFIRM_IT = Label("确认并开启", "Confirm and turn on")
RECOVERY = Label("请保存恢复码", "Keep your recovery codes")
ONCE = Label("恢复码只显示这一次，离开本页后无法再看。", "These codes are shown this once; nobody can show them again.")
ADVICE = (
    Label(
        "手机丢了或换了，用恢复码代替验证码登录；每个只能用一次。",
        "Without your phone, one of them takes the place of a code; each works once.",
    ),
    Label(
        "抄在纸上或打印出来，放在安全的地方，不要存在电脑桌面或聊天里。",
        "Write or print them and keep them in a safe place, not on the desktop or in a chat.",
    ),
)
SAVED = Label("我已保存好", "I have kept them")
# Signing in
ASK_CODE = Label("输入验证码", "Enter the code")
ASK_INTRO = Label(
    "请输入手机验证器上的 6 位验证码；手机不在身边，可输入一个恢复码。",
    "Enter the six digits from your authenticator app, or one of your recovery codes.",
)
CODE_OR = Label("验证码或恢复码", "Code or recovery code")
TRUST = Label(
    "这台设备 30 天内不再询问（公用电脑请不要勾选）", "Do not ask on this device for 30 days (never on a shared one)"
)
GO_ON = Label("继续", "Continue")
AGAIN = Label("换个账号登录", "Sign in as somebody else")
LOST = Label(
    "手机和恢复码都没有了？请找管理员重置两步验证。",
    "Neither phone nor recovery code? Ask an administrator for a reset.",
)
RECOVERED = Label(
    "您刚才用恢复码登录，还剩 {n} 个。如果不是您本人，请立即修改密码。",
    "You signed in with a recovery code; {n} are left. If that was not you, change your password now.",
)
# Devices and sessions
SESSIONS = Label("登录中的设备", "Where you are signed in")
HERE = Label("本机", "this one")
SEEN = Label("{ip} · {since} 登录 · {last} 最近使用", "{ip} · since {since} · last used {last}")
END, END_ALL = Label("退出", "Sign out"), Label("退出其他所有设备", "Sign out everywhere else")
ENDED = Label("已退出 {n} 处登录。", "Signed out: {n}.")
DEVICES = Label("不再询问验证码的设备", "Devices that ask for no code")
UNTIL = Label("到 {until} 为止", "until {until}")
FORGET, FORGET_ALL = Label("恢复询问", "Ask again"), Label("全部恢复询问", "Ask again on all")
FORGOTTEN = Label("下次登录时会询问验证码。", "The next sign-in asks for a code.")
UNKNOWN_DEVICE = Label("未知设备", "Unknown device")
PASSWORD = Label("修改密码", "Change password")
# Others' factors
PEOPLE = Label("员工的两步验证", "Two-step sign-in of people")
PEOPLE_NOTE = Label(
    "手机和恢复码都丢了的人，由您核实身份后点姓名重置；他下次登录只需密码，并可重新绑定。",
    "For who lost both phone and recovery codes: make sure who asks, then reset by his name.",
)
WHO, STATE, LOGIN, STORE, CODES_LEFT = (
    Label("姓名", "Name"),
    Label("两步验证", "Two-step"),
    Label("登录名", "Login"),
    Label("门店", "Store"),
    Label("剩余恢复码", "Codes left"),
)
RESET = Label("重置", "Reset")
WHOM, FIND = Label("登录名或姓名", "Login or name"), Label("查找", "Find")
NOBODY = Label("没有找到这个人", "Nobody was found")
CHECK_LOGIN = Label("请核对登录名或姓名。", "Check the login or the name.")
RESET_ASK = Label(
    "重置“{who}”的两步验证？他的登录和受信设备会全部结束。请先当面或电话核实是他本人。",
    "Reset two-step sign-in of “{who}”? His sessions and trusted devices end. Make sure that it is he who asks.",
)
RESET_DONE = Label("已重置，轨迹中有记录。", "Done; it stands in the trail.")
NO_FACTOR = Label("他没有开启两步验证。", "He has no two-step sign-in.")
# Rules
RULES = Label("登录要求", "Sign-in rules")
RULES_NOTE = Label(
    "哪些角色必须开启两步验证，哪些操作要再确认一次本人。改动立即生效，全部留痕。",
    "Which roles must have two-step sign-in, and which acts ask again who one is. It holds at once.",
)
BY_ROLE, BY_ACT = (
    Label("必须开启两步验证的角色", "Roles that must have two-step sign-in"),
    Label("这些操作之前，多久内确认过身份才放行", "How lately one must have shown who one is before"),
)
NOT_ASKED, WITHIN, AT_ONCE = (
    Label("不要求", "not asked"),
    Label("首次登录后 7 天内", "within 7 days of the first sign-in"),
    Label("立即", "at once"),
)
MINUTES, NEVER = Label("{n} 分钟", "{n} minutes"), Label("不再询问", "never asks")
SAVE = Label("保存", "Save")
RULES_SAVED = Label("已保存，立即生效。", "Saved; it holds from now on.")
