"""A review is of days that are over, of findings that are judged, and once of each day."""

from app.core.label import Label
from app.core.rules import Ban, Derive
from app.records.rulebook import RULEBOOK

DAY = "(f.last_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN NEW.from_on AND NEW.until_on"
COUNT = f"(SELECT count(*) FROM public.risk_finding f WHERE {DAY}"

RULEBOOK.on(
    "audit_review",
    Derive(
        "held",
        {
            "period": "to_char(NEW.from_on, 'YYYY-MM-DD') || ' – ' || to_char(NEW.until_on, 'YYYY-MM-DD')",
            "entries": "trail.entries_of(NEW.from_on, NEW.until_on)",
            "findings": f"{COUNT})",
            "breaches": f"{COUNT} AND f.status = 'breach')",
            "head": "trail.head_now()",
            "signed_by": "gate.ticket() ->> 'n'",
            "signed_at": "now()",
        },
    ),
    Ban(
        "over",
        "NEW.until_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date",
        Label("只能复核已经过完的日子。", "Only days that are over are reviewed."),
        "until_on",
    ),
    Ban(
        "judged",
        f"EXISTS (SELECT FROM public.risk_finding f WHERE f.status IN ('open', 'escalated') AND {DAY})",
        Label(
            "这段时间里还有风险事件没有判断，请先判断完。",
            "Findings of this period are still to be judged; judge them first.",
        ),
        "until_on",
    ),
    Ban(
        "once",
        "EXISTS (SELECT FROM public.audit_review r WHERE r.id <> NEW.id AND r.from_on <= NEW.until_on"
        " AND r.until_on >= NEW.from_on)",
        Label("这段时间里有日子已经复核过。", "Some of these days are signed off already."),
        "from_on",
    ),
)
