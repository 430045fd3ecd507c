"""The people every story is about."""

from dataclasses import dataclass

PUDONG, XUHUI = "PD", "XH"  # store 1 and store 2 of the first data


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the cast: the name tests use, the login, the name people read, the role and the post."""

    part: str
    login: str
    name: str
    role: str | None
    store: str | None = None
    team: str | None = None


CAST = (
    Part("boss", "boss", "陈总", "general_manager", PUDONG),
    Part("manager", "manager", "王经理", "sales_manager", PUDONG, "销售一组"),
    Part("consultant", "consultant", "李顾问", "sales_consultant", PUDONG, "销售一组"),
    Part("advisor", "advisor", "周顾问", "service_advisor", PUDONG, "售后一组"),
    Part("technician", "technician", "赵师傅", "technician", PUDONG, "售后一组"),
    Part("outsider", "outsider", "钱经理", "sales_manager", XUHUI, "销售一组"),
    Part("auditor", "officer", "安全官", "security_officer"),
    Part("admin", "admin", "系统管理员", "administrator"),
    Part("newcomer", "newcomer", "孙新人", None, PUDONG),
)
NOBODY = Part("nobody", "", "", None)
EVERYBODY = (*(one.part for one in CAST), NOBODY.part)
BY_PART = {one.part: one for one in (*CAST, NOBODY)}
