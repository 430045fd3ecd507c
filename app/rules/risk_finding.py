"""How a risk finding is judged: with a comment, by an officer, never by whom it is about."""

from app.core.label import Label
from app.core.rules import Ban, Derive, Event, Lifecycle, Move, Then, kept
from app.models.risk_finding import JUDGED
from app.records.rulebook import RULEBOOK

OFFICER = ("security_officer",)
WAITING = ("open", "escalated")
ENDED = "NEW.status IN ('harmless', 'breach')"
FRESH = "OLD.status IS DISTINCT FROM NEW.status"
VERDICT = f"CASE WHEN {ENDED} THEN CASE WHEN {FRESH} THEN {{}} ELSE {{}} END END"

RULEBOOK.on(
    "risk_finding",
    Derive(
        "judged",
        {
            "judged_by": VERDICT.format("gate.ticket() ->> 'n'", "OLD.judged_by"),
            "judged_at": VERDICT.format("now()", "OLD.judged_at"),
        },
    ),
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("clear", Label("判为正常", "Harmless"), WAITING, "harmless", by=OFFICER, asks=("comment",)),
            Move(
                "breach", Label("判为违规", "A breach"), WAITING, "breach", by=OFFICER, asks=("comment",), danger=True
            ),
            Move(
                "escalate",
                Label("上报", "Escalate"),
                ("open",),
                "escalated",
                by=OFFICER,
                asks=("escalated_to", "comment"),
            ),
        ),
        needs=dict.fromkeys(JUDGED, ("comment",)),
        locks=dict.fromkeys(JUDGED, ("comment", "escalated_to")),
    ),
    Ban(
        "own",
        "person AND NEW.account = gate.my_id()",
        Label(
            "这是关于您本人的操作，要由另一位安全官判断。",
            "This is about what you did yourself; another security officer judges it.",
        ),
        "status",
        on=(Event.UPDATE,),
    ),
    Ban(
        "evidence",
        "person AND (NEW.kind, NEW.key, NEW.subject, NEW.account, NEW.events, NEW.first_entry, NEW.last_entry,"
        " NEW.severity) IS DISTINCT FROM (OLD.kind, OLD.key, OLD.subject, OLD.account, OLD.events, OLD.first_entry,"
        " OLD.last_entry, OLD.severity)",
        Label("轨迹里的事实不能改，只能判断。", "What the trail says is not changed, only judged."),
        "subject",
        on=(Event.UPDATE,),
    ),
    Ban(
        "found",
        "person",
        Label("风险事件由规则发现，不能手工新建。", "Findings are made by the rules, not by hand."),
        "subject",
        on=(Event.INSERT,),
    ),
    kept("true", Label("风险事件要保留，不能删除。", "A finding is kept."), "subject"),
    Then(
        "told",
        "INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, subject_entity,"
        " subject_record, idem_key)"
        " SELECT e.store_id, '核查风险事件：' || m.subject, 'other', e.id, now() + interval '24 hours', 'high', 'open',"
        " 'risk_finding', m.id, 'risk_finding:' || m.id FROM moved m JOIN public.employee e ON e.id = m.escalated_to_id"
        " ON CONFLICT DO NOTHING",
        to=("escalated",),
    ),
)
