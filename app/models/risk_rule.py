"""Risk rule (风险规则): what the security officer wants to be shown of what people did."""

from app.core.action import READ_ONLY, Action
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import Boolean, Choice, Integer, LongText, Option
from app.models.base import Record, about, field
from app.models.grants import grants

RISKS = (
    Option("mass_opening", Label("集中查看号码", "Many numbers opened")),
    Option("night", Label("深夜操作", "Work at night")),
    Option("export", Label("大量导出", "Large exports")),
    Option("grant", Label("权限提升", "Rights raised")),
    Option("leaver", Label("离职前后查看", "Access around leaving")),
    Option("one_number", Label("多人查看同一号码", "One number opened by many")),
    Option("denials", Label("连续被拒", "Burst of refusals")),
    Option("import_undone", Label("导入被撤销", "Import rolled back")),
    Option("no_backup", Label("没有备份", "No backup")),
    Option("gap", Label("轨迹缺口", "Gap in the trail")),
)
SEVERITIES = (
    Option("low", Label("低", "Low")),
    Option("medium", Label("中", "Medium")),
    Option("high", Label("高", "High")),
)
OFFICER = grants(("security_officer",), READ_ONLY | {Action.UPDATE, Action.EXPORT}, Reach.GROUP)


class RiskRule(Record):
    """One of the ten rules, with the thresholds of this group; the officer sets them."""

    about = about(
        "风险规则",
        "Risk rule",
        "Risk rules",
        belongs=Belongs.GROUP,
        group="audit",
        rank=30,
        icon="adjustments",
        title="kind",
        order="id",
        list=("kind", "threshold", "hours", "severity", "active"),
        grants=OFFICER,
    )

    kind = field(Choice(RISKS), "规则", "Rule", required=True, readonly=True, unique=True, index=True)
    active = field(Boolean(), "启用", "In use", required=True, default=True, index=True)
    threshold = field(
        Integer(min=1, max=1_000_000),
        "起报数",
        "Threshold",
        required=True,
        help=Label("达到这个次数（导出按行数）就报告。", "Reported from this count on; of exports, rows."),
    )
    hours = field(
        Integer(min=1, max=720),
        "看多久（小时）",
        "Window (hours)",
        required=True,
        help=Label("只数最近这么久的操作，1 到 720 小时。", "Counts what happened within the last 1 to 720 hours."),
    )
    severity = field(Choice(SEVERITIES), "级别", "Severity", required=True, default="medium", index=True)
    note = field(LongText(), "说明", "Note")
