"""Who answers a request to see a record, what follows from a yes, and when it ends."""

from app.core.label import Label
from app.core.rules import Ban, Derive, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK

ANSWERING = ("sales_manager", "service_manager", "general_manager")
FRESH = "OLD.status IS DISTINCT FROM NEW.status"
JUST = f"NEW.status <> 'pending' AND {FRESH}"
YES = f"NEW.status = 'granted' AND {FRESH}"
FACTS = ("requester", "subject_entity", "subject_record", "requester_name", "reason", "term", "store_id")
ASKED, WERE = (", ".join(f"{side}.{one}" for one in FACTS) for side in ("NEW", "OLD"))
# The companies of the store that holds the record and of who asks.
ELSEWHERE = (
    "NOT EXISTS (SELECT FROM public.employee e JOIN public.store a ON a.id = e.store_id JOIN public.store b"
    " ON b.company_id = a.company_id WHERE e.user_id = NEW.requester AND b.id = NEW.store_id)"
)
ANSWERED = (
    "INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, subject_entity,"
    " subject_record, idem_key)"
    " SELECT e.store_id, CASE m.status WHEN 'granted' THEN '查看申请已批准：' ELSE '查看申请没有批准：' END"
    " || coalesce(m.answer, m.reason), 'other', e.id, now() + interval '24 hours', 'normal', 'open',"
    " m.subject_entity, m.subject_record, 'access_request:' || m.id || ':' || m.status"
    " FROM moved m JOIN public.employee e ON e.user_id = m.requester AND (e.left_on IS NULL"
    " OR e.left_on > (now() AT TIME ZONE 'Asia/Shanghai')::date)"
    " ON CONFLICT DO NOTHING"
)

RULEBOOK.on(
    "access_request",
    Derive(
        "answered",
        {
            "answered_by": f"CASE WHEN {JUST} THEN gate.ticket() ->> 'n' ELSE OLD.answered_by END",
            "answered_at": f"CASE WHEN {JUST} THEN now() ELSE OLD.answered_at END",
            "ends_at": f"CASE WHEN {YES} THEN now() + NEW.term::int * interval '1 hour'"
            " WHEN NEW.status = 'granted' THEN OLD.ends_at WHEN NEW.status = 'ended' THEN now() END",
        },
    ),
    Lifecycle(
        "status",
        begins=("pending",),
        moves=(
            Move("grant", Label("批准", "Grant"), ("pending",), "granted", by=ANSWERING),
            Move("refuse", Label("拒绝", "Refuse"), ("pending",), "refused", by=ANSWERING, asks=("answer",)),
            Move("end", Label("收回", "Take back"), ("granted",), "ended", by=ANSWERING, danger=True),
        ),
        needs={"refused": ("answer",)},
    ),
    Ban(
        "own",
        "person AND NEW.requester = gate.my_id()",
        Label("自己的申请要由别人答复。", "Somebody else answers what you asked for."),
        "status",
        on=(Event.UPDATE,),
    ),
    Ban(
        "by_hand",
        "person",
        Label("请在要看的记录页上点“申请查看”。", "Ask on the page of the record you want to see."),
        "reason",
        on=(Event.INSERT,),
    ),
    Ban(
        "facts",
        f"person AND ({ASKED}) IS DISTINCT FROM ({WERE})",
        Label("申请的内容不能改，只能答复。", "What was asked is not changed, only answered."),
        "reason",
        on=(Event.UPDATE,),
    ),
    Ban(
        "beyond",
        f"person AND {YES} AND NOT (gate.may(NEW.subject_entity, 'read')"
        " AND NEW.store_id = ANY (gate.my_stores(NEW.subject_entity)))",
        Label("您自己看不到这条记录，不能批准。", "You cannot see this record yourself, so you cannot grant it."),
        "status",
        on=(Event.UPDATE,),
    ),
    Ban(
        "company",
        f"{YES} AND {ELSEWHERE} AND NOT (NEW.subject_entity = 'customer'"
        " AND public.shares_in_group(NEW.store_id, NEW.subject_record))",
        Label(
            "申请人在另一家公司；客户没有同意在集团内共享，不能批准。",
            "Who asks works for another company, and the customer did not agree to be shared within the group.",
        ),
        "status",
        on=(Event.UPDATE,),
    ),
    kept("true", Label("查看申请要保留，不能删除。", "A request is kept."), "reason"),
    Then(
        "given",
        "INSERT INTO public.record_grant AS g (user_id, entity, record_id, store_id, reason, granted_by, expires_at)"
        " SELECT m.requester, m.subject_entity, m.subject_record, m.store_id, m.reason, gate.my_id(), m.ends_at"
        " FROM moved m JOIN public.ab_user u ON u.id = m.requester ON CONFLICT (user_id, entity, record_id) DO UPDATE"
        " SET expires_at = greatest(g.expires_at, excluded.expires_at), reason = excluded.reason,"
        " granted_by = excluded.granted_by",
        to=("granted",),
    ),
    Then(
        "taken",
        "DELETE FROM public.record_grant g USING moved m WHERE g.user_id = m.requester AND g.entity = m.subject_entity"
        " AND g.record_id = m.subject_record",
        to=("ended",),
    ),
    Then("told", ANSWERED, to=("granted", "refused")),
)
