"""KPIs of complaints (K55 to K58)."""

from app.core.label import Label
from app.reports.kpi import Good, Kpi, Tally, Unit
from app.reports.kpis.service import VISITS

OPENED = "complaint c ON c.store_id = p.store_id AND c.received_at >= p.since AND c.received_at < p.until"
CLOSED = "complaint c ON c.store_id = p.store_id AND c.closed_at >= p.since AND c.closed_at < p.until"
# Open when the month began or opened in it.
BEFORE_ONE = """complaint c ON c.store_id = p.store_id AND c.received_at < p.until
    AND (c.closed_at IS NULL OR c.closed_at >= p.since)"""
ANSWER_DUE = "complaint c ON c.store_id = p.store_id AND c.accept_by >= p.since AND c.accept_by < p.until"
REPEATED = """EXISTS (SELECT FROM complaint b WHERE b.store_id = c.store_id AND b.vehicle_id = c.vehicle_id
    AND b.received_at < c.received_at AND b.received_at >= c.received_at - interval '90 days')"""

KPIS = (
    Kpi(
        code="K55",
        edition=1,
        label=Label("投诉量", "Complaints"),
        unit=Unit.COUNT,
        good=Good.DOWN,
        meaning=Label("当月登记的投诉；分项为类别。", "Complaints received in the month; the parts are their kinds."),
        numerator=Tally(OPENED, part="c.category"),
    ),
    Kpi(
        code="K55R",
        edition=1,
        label=Label("万台次投诉率", "Complaints in 10,000 visits"),
        unit=Unit.PER_10K,
        good=Good.DOWN,
        meaning=Label("当月投诉量 × 10 000 ÷ 进厂台次。", "Complaints of the month × 10,000 ÷ workshop visits."),
        numerator=Tally(OPENED),
        denominator=Tally(VISITS),
    ),
    Kpi(
        code="K56",
        edition=1,
        label=Label("首次响应及时率", "Answered in time"),
        unit=Unit.PERCENT,
        meaning=Label(
            "受理时限落在当月的投诉中，按时受理的 ÷ 全部。",
            "Of complaints to be accepted by a moment of the month, those that were.",
        ),
        numerator=Tally(ANSWER_DUE, "count(*) FILTER (WHERE c.acknowledged_at <= c.accept_by)"),
        denominator=Tally(ANSWER_DUE),
    ),
    Kpi(
        code="K57",
        edition=1,
        label=Label("投诉关闭率", "Complaints closed"),
        unit=Unit.PERCENT,
        headline=8,
        meaning=Label(
            "当月关闭的投诉 ÷（月初未关闭 + 当月登记）。",
            "Complaints closed in the month ÷ open when it began and received in it.",
        ),
        numerator=Tally(CLOSED),
        denominator=Tally(BEFORE_ONE),
    ),
    Kpi(
        code="K57D",
        edition=1,
        label=Label("按期关闭率", "Closed in time"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月关闭的投诉中，不晚于办结时限的 ÷ 当月关闭。", "Complaints closed by the day due ÷ closed in the month."
        ),
        numerator=Tally(CLOSED, "count(*) FILTER (WHERE c.closed_at <= c.due_at)"),
        denominator=Tally(CLOSED),
    ),
    Kpi(
        code="K58",
        edition=1,
        label=Label("重复投诉率", "Complained again"),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        meaning=Label(
            "当月投诉中，同一车辆 90 天内已有投诉的 ÷ 当月投诉。",
            "Complaints about a car that had one within 90 days before ÷ complaints.",
        ),
        numerator=Tally(OPENED, f"count(*) FILTER (WHERE {REPEATED})"),
        denominator=Tally(OPENED),
    ),
)
