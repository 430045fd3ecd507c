"""Risk finding (风险事件): what a risk rule found in the trail, until the security officer judged it."""

from app.core.label import Label
from app.core.rules import Once
from app.core.scope import Belongs
from app.fields import Choice, DateTime, Integer, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.risk_rule import OFFICER, RISKS, SEVERITIES

STATES = (
    Option("open", Label("待判断", "To be judged")),
    Option("escalated", Label("已上报", "Escalated")),
    Option("harmless", Label("正常", "Harmless")),
    Option("breach", Label("违规", "Breach")),
)
JUDGED = ("harmless", "breach")
VERDICT, EVIDENCE = Label("判断", "Verdict"), Label("证据", "Evidence")


class RiskFinding(Record):
    """Events of one person, record or kind that a rule gathers until somebody judges them."""

    about = about(
        "风险事件",
        "Risk finding",
        "Risk findings",
        belongs=Belongs.GROUP,
        group="audit",
        rank=20,
        icon="alert-triangle",
        title="subject",
        order="-last_at",
        list=("kind", "subject", "events", "last_at", "severity", "status", "judged_by"),
        grants=OFFICER,
        checks=(
            Once(
                "gathers_once",
                ("kind", "key"),
                "status IN ('open', 'escalated')",
                Label("同一事件还没有判断完。", "This is still being judged."),
                "kind",
            ),
        ),
    )

    kind = field(Choice(RISKS), "规则", "Rule", required=True, readonly=True, index=True)
    subject = field(Text(200), "对象", "Who or what", required=True, readonly=True, search=True)
    key = field(Text(120), "对象编号", "Key", required=True, readonly=True, section=EVIDENCE)
    account = field(Integer(min=1), "账号编号", "Account", readonly=True, section=EVIDENCE)
    employee = field(Reference("employee", past=True), "员工", "Employee", readonly=True)
    events = field(Integer(min=1), "次数", "Events", required=True, readonly=True)
    tasks = field(
        Integer(min=0),
        "同期任务",
        "Tasks meanwhile",
        readonly=True,
        help=Label("这段时间里本人名下的任务数，供比较。", "Tasks of the person in that time, to compare with."),
    )
    first_at = field(DateTime(), "最早", "First", required=True, readonly=True)
    last_at = field(DateTime(), "最近", "Last", required=True, readonly=True, index=True)
    first_entry = field(Integer(min=0), "轨迹起", "From entry", required=True, readonly=True, section=EVIDENCE)
    last_entry = field(Integer(min=0), "轨迹止", "To entry", required=True, readonly=True, section=EVIDENCE)
    severity = field(Choice(SEVERITIES), "级别", "Severity", required=True, readonly=True, index=True)
    found_at = field(DateTime(), "发现时间", "Found", required=True, readonly=True, index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    comment = field(LongText(), "说明", "Comment", section=VERDICT)
    escalated_to = field(Reference("employee"), "上报给", "Escalated to", section=VERDICT)
    judged_by = field(Text(80), "判断人", "Judged by", readonly=True, section=VERDICT)
    judged_at = field(DateTime(), "判断时间", "Judged", readonly=True, section=VERDICT)
