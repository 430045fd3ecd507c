"""A monthly report is a draft until it is published; then it and its words stand still."""

from app.core.label import Label
from app.core.rules import BY_CONSEQUENCE, Lifecycle, Move, kept
from app.records.rulebook import RULEBOOK

PRINTED = ("number", "month", "reader", "account", "edition", "snapshot", "sha256", "size", "pages", "made_at")

RULEBOOK.on(
    "monthly_report",
    Lifecycle(
        "status",
        begins=("draft",),
        # Publishing prints the paper anew with its reader's words, so the job takes the step.
        moves=(Move("publish", Label("发布", "Publish"), ("draft",), "published", by=BY_CONSEQUENCE),),
        needs={"published": ("published_at",)},
        locks={"published": (*PRINTED, "advice")},
    ),
    kept("true", Label("月报要存档，不能删除。", "Monthly reports are kept."), "number"),
)
