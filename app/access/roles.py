"""The roles a dealership starts with; entities' default grants name them."""

from dataclasses import dataclass

from app.core.label import Label


@dataclass(frozen=True, slots=True)
class Role:
    """A role by its code, with the name people read and what it is for."""

    name: str
    label: Label
    description: Label


def _role(name: str, zh: str, en: str, about_zh: str, about_en: str) -> Role:
    return Role(name, Label(zh, en), Label(about_zh, about_en))


ROLES = (
    _role(
        "administrator",
        "系统管理员",
        "Administrator",
        "管理账号、角色、字段和设置，默认不能查看客户完整号码。",
        "Keeps accounts, roles, fields and settings; reveals no customer's numbers by default.",
    ),
    _role(
        "security_officer",
        "安全官",
        "Security officer",
        "审阅审计记录，其他数据只读并脱敏，不改任何内容。",
        "Judges the trail; reads everything else masked and changes nothing.",
    ),
    _role(
        "general_manager",
        "总经理",
        "General manager",
        "查看和管理本公司各门店的全部业务。",
        "Sees and manages the business of every store of the company.",
    ),
    _role(
        "group_operations",
        "集团运营",
        "Group operations",
        "跨门店查看和导出业务数据，比较各店表现。",
        "Reads and exports across stores and compares them.",
    ),
    _role(
        "sales_manager",
        "销售经理",
        "Sales manager",
        "管理本店销售业务和销售顾问的客户。",
        "Runs the store's sales and its consultants' customers.",
    ),
    _role(
        "sales_consultant",
        "销售顾问",
        "Sales consultant",
        "接待、跟进本店客户，维护自己的客户和订单。",
        "Receives and follows up the store's customers; keeps his own.",
    ),
    _role(
        "dcc",
        "网销专员（DCC）",
        "DCC agent",
        "跟进网络和电话线索，邀约到店。",
        "Follows up leads from the web and the telephone and invites them in.",
    ),
    _role(
        "receptionist",
        "前台接待",
        "Receptionist",
        "登记到店客户，转给顾问。",
        "Registers who walks in and passes them to a consultant.",
    ),
    _role(
        "service_manager",
        "服务经理",
        "Service manager",
        "管理本店售后业务和服务顾问。",
        "Runs the store's after-sales and its advisors.",
    ),
    _role(
        "service_advisor",
        "服务顾问（SA）",
        "Service advisor",
        "接车、开工单、回访自己的售后客户。",
        "Takes cars in, opens work orders, calls customers back.",
    ),
    _role(
        "workshop_manager",
        "车间主任（调度）",
        "Workshop manager",
        "安排工位和技师，跟踪维修进度。",
        "Assigns bays and technicians and follows repairs.",
    ),
    _role(
        "technician",
        "技师",
        "Technician",
        "查看派给自己的工单并登记维修结果。",
        "Reads the work orders assigned to him and records what was done.",
    ),
    _role("parts", "配件专员", "Parts", "管理配件库存、出入库和订货。", "Keeps stock, issues and orders of parts."),
    _role(
        "customer_care",
        "客服专员（CR）",
        "Customer care",
        "回访、满意度调查和客户关怀。",
        "Calls back, asks how it went, looks after customers.",
    ),
    _role(
        "complaint_handler",
        "投诉专员",
        "Complaint handler",
        "受理投诉，按时限推动解决。",
        "Takes complaints and sees them solved in time.",
    ),
    _role(
        "marketing",
        "市场专员",
        "Marketing",
        "策划活动、划分人群、评估效果。",
        "Plans campaigns, chooses whom they are for, judges their effect.",
    ),
    _role("insurance", "保险专员", "Insurance", "办理新保和出险理赔。", "Sells policies and handles claims."),
    _role(
        "renewal", "续保专员", "Renewal", "跟进到期保单，完成续保。", "Follows policies that run out and renews them."
    ),
    _role("finance", "财务", "Finance", "核对收款、发票和结算。", "Checks payments, invoices and settlements."),
    _role("analyst", "数据分析", "Analyst", "查看脱敏后的数据和报表。", "Reads de-identified data and reports."),
    _role(
        "api_client",
        "接口账号",
        "API client",
        "供其他系统通过令牌读写，只含所授权限。",
        "Lets another system read and write by token, within what it is granted.",
    ),
)
BY_NAME = {role.name: role for role in ROLES}


def label_of(name: str) -> Label:
    """The name people read of a role; one an administrator made is called as he called it."""
    return BY_NAME[name].label if name in BY_NAME else Label(name, name)
