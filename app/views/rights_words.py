"""The words of roles and rights."""

from collections.abc import Mapping

from app.core.field import Privacy
from app.core.label import Label
from app.outbox.desk import JOB
from app.studio.install import ACCOUNTS, CATALOG, CONSOLE, RIGHTS, TRAIL

TITLE = Label("角色与权限", "Roles and rights")
NOTE = Label(
    "角色决定能做什么、能看多远；保存前先看影响到谁。改动立即生效，全部留痕。",
    "Roles say who may do what, and how far. You see whom a change concerns before it is saved; it holds at once.",
)
ROLE, KEY, PEOPLE, ENTITIES = (
    Label("角色", "Role"),
    Label("说明", "About"),
    Label("人数", "People"),
    Label("数据种类", "Kinds of records"),
)
MINE = Label("本人持有", "yours")
FROM = Label("仿照“{base}”", "like “{base}”")
WHY, COMPARE, CLONE, FILE, REMOVE = (
    Label("为什么能 / 不能？", "Why?"),
    Label("比较", "Compare"),
    Label("复制为新角色", "Clone"),
    Label("导出文件", "Export"),
    Label("删除角色", "Delete the role"),
)
SIGN_IN_RULES, TWO_STEP = Label("登录要求", "Sign-in rules"), Label("两步验证", "Two-step sign-in")
FACTOR_DEMANDS: Mapping[int | None, Label] = {
    None: Label("不要求", "not asked"),
    7: Label("7 天内", "within 7 days"),
    0: Label("立即", "at once"),
}
SYSTEM = Label("系统", "System")
NOUNS: Mapping[str, Label] = {
    ACCOUNTS: Label("账号", "Accounts"),
    CATALOG: Label("表与字段", "Tables and fields"),
    RIGHTS: TITLE,
    TRAIL: Label("审计轨迹", "Trail"),
    CONSOLE: Label("运维控制台", "Console"),
    JOB: Label("后台任务", "Background jobs"),
}
RECORDS, REACH = Label("数据", "Records"), Label("范围", "Reach")
PREVIEW = Label("看看会影响谁", "See whom it concerns")
YOURS = Label(
    "这是您自己持有的角色，只能查看；修改请另一位管理员来做。",
    "You hold this role yourself, so you only look; another administrator changes it.",
)
SAVED = Label("已保存，立即生效。", "Saved; it holds from now on.")
NOTHING = Label("没有改动。", "Nothing was changed.")
QUESTION = Label(
    "“{role}”将有 {n} 处改动，涉及 {people} 位能登录的人。",
    "Changes in “{role}”: {n}. People who hold it and may sign in: {people}.",
)
SPELLED, AND = Label("{reach}：{verbs}", "{reach}: {verbs}"), Label("、", ", ")
PERSON_OF, TWO = Label("{name}（{store}）", "{name} ({store})"), Label("，", "; ")
SAVE = Label("保存", "Save")
NONE = Label("无", "none")
EFFECT = Label("{who}：{what}", "{who}: {what}")
GAINS, LOSES = Label("多了{verbs}", "gains {verbs}"), Label("少了{verbs}", "loses {verbs}")
FARTHER, NEARER = Label("范围变大", "wider reach"), Label("范围变小", "narrower reach")
AS_BEFORE = Label("{who}：没有变化，另有角色给了同样的权限。", "{who}: nothing changes; another role grants the same.")
OTHERS = Label("另有 {n} 人持有这个角色。", "{n} more people hold this role.")
HELD_BY = Label("持有这个角色的人", "Who holds this role")
CLOSED = Label("不能登录", "cannot sign in")
ADD_WHO = Label("登录名或姓名", "Login or name")
ADD, TAKE = Label("加入", "Add"), Label("移除", "Remove")
GIVEN, TAKEN_BACK = (
    Label("{who} 现在有这个角色了。", "{who} holds the role now."),
    Label("已收回。", "Taken back."),
)
NO_SUCH = Label("没有找到这个人，请核对登录名。", "Nobody was found; check the login.")
SEVERAL = Label("有不止一个人符合：{names}。请填登录名。", "Several fit: {names}. Give the login.")
CLONE_NAME = Label("新角色的名称", "Name of the new role")
CLONE_ASK = Label(
    "新角色先与“{role}”权限相同、没有人持有；凡是规定由“{base}”来做的事，它也能做。",
    "It begins with the rights of “{role}”, held by nobody; what the rules leave to “{base}”, it may do too.",
)
CLONED = Label("新角色已建好，改好权限后再加人。", "The role is there; set its rights, then add people.")
NAME_NEEDED = Label("请填写名称，最多 64 个字。", "Give a name of at most 64 characters.")
REMOVE_ASK = Label("删除角色“{role}”？", "Delete the role “{role}”?")
REMOVED = Label("角色已删除。", "The role is gone.")
SECOND = Label("与它比较", "Compared with")
SAME = Label("两个角色的权限完全相同。", "The two roles grant the same.")
DIFFER = Label("{n} 种数据的权限不同。", "They differ on {n} kinds of records.")
BROKEN = Label("文件读不出来，请使用这里导出的文件。", "The file cannot be read; use one exported here.")
UNKNOWN = Label("没有这种数据：{names}。", "There are no such records: {names}.")
LOAD = Label("从文件载入", "Load from a file")
HISTORY = Label("最近的改动", "What changed lately")
BECAME = Label("{what}：{was} → {becomes}", "{what}: {was} → {becomes}")
GAVE, TOOK = Label("加入 {who}", "given to {who}"), Label("移除 {who}", "taken from {who}")
LIKE = Label("仿照“{role}”新建", "made like “{role}”")
WHY_NOTE = Label("回答由真正作决定的那段规则给出。", "The answer comes from the very rules that decide.")
PERSON, ACTION, RECORD = (
    Label("谁（登录名或姓名）", "Who (login or name)"),
    Label("做什么", "What"),
    Label("哪一条（编号，可空）", "Which record (number, may stay empty)"),
)
ASK, ASKED = Label("为什么？", "Why?"), Label("{who}：{action}{entity}", "{who}: {action} {entity}")
YES, NO = Label("可以", "Allowed"), Label("不可以", "Not allowed")
FIELDS = Label("各项怎样显示", "How fields stand")
IN_OWN, IN_OTHERS, WRITES = (
    Label("自己的记录", "In his own"),
    Label("其他记录", "In others"),
    Label("可以填写", "May write"),
)
STATES = {0: Label("看不到", "hidden"), 1: Label("打码", "masked"), 2: Label("明文", "clear")}
SEEN_BY = Label("谁能看到这条记录", "Who may see this record")
FIELDS_TOO, FIELD_SETTINGS = Label("字段", "Fields"), Label("字段：{n} 项另设", "Fields: {n} set")
WITH_FIELDS = Label("；{n} 个字段另设", "; fields set: {n}")
FIELD, FIELDS_OF = Label("字段", "Field"), Label("{role}：{entity}的字段", "{role}: fields of {entity}")
FIELDS_NOTE = Label(
    "同一个人有几个角色时，按看得最多的那个角色算。打码的字段不能筛选、排序和导出原值。",
    "Of several roles somebody holds, the one that shows most counts. Nobody filters or sorts by a masked field.",
)
AS_SHIPPED = Label("默认：{state}", "Shipped: {state}")
STANDS = Label(
    "不可另设（记录靠它们识别、查找、排序或归属）：{fields}。",
    "Not set by role, since records are known, found, sorted or owned by them: {fields}.",
)
PRIVACIES: Mapping[Privacy, Label] = {
    Privacy.PUBLIC: Label("公开", "public"),
    Privacy.INTERNAL: Label("内部", "internal"),
    Privacy.PERSONAL: Label("个人信息", "personal"),
    Privacy.SEALED: Label("加密", "sealed"),
}
FIELD_CHANGE = Label("{field}（{where}）{was} → {becomes}", "{field} ({where}) {was} → {becomes}")
