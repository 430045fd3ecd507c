"""KPIs of the workshop (K31 to K41), and of cars it keeps (K36, K38 to K40)."""

from app.core.label import Label
from app.reports.kpi import Good, Kpi, Tally, Unit

VAT = "1.13"  # 修理修配劳务; what customers pay holds it
GRACE = 30  # days a first maintenance may be late
VISIT = "w.payer <> 'internal' AND w.status <> 'voided'"
VISITS = f"""work_order w ON w.store_id = p.store_id AND w.settled_at >= p.since AND w.settled_at < p.until
    AND {VISIT}"""
BOOKED = "service_appointment a ON a.store_id = p.store_id AND a.starts_at >= p.since AND a.starts_at < p.until"
PROMISED = f"""{VISITS} JOIN LATERAL (SELECT coalesce((SELECT c.was FROM promise_change c
    WHERE c.store_id = w.store_id AND c.work_order_id = w.id AND c.was IS NOT NULL ORDER BY c.at LIMIT 1),
    w.promised_at) AS at) promise ON promise.at IS NOT NULL"""
FINISHED = """coalesce((SELECT min(s.at) FROM work_order_status s WHERE s.store_id = w.store_id
    AND s.work_order_id = w.id AND s.becomes = 'ready'), w.settled_at)"""
# The plan of the car's model says when the first maintenance is due; cars without a plan by months are no part.
FIRST_DUE = f"""delivery d ON d.store_id = p.store_id
    JOIN sales_order o ON o.store_id = d.store_id AND o.id = d.sales_order_id
    JOIN maintenance_plan m ON m.model_id = o.model_id AND m.use = 'normal' AND m.active
    JOIN maintenance_plan_item i ON i.plan_id = m.id AND i.first_check AND i.months IS NOT NULL
    JOIN LATERAL (SELECT ((d.delivered_at AT TIME ZONE 'Asia/Shanghai')::date
        + make_interval(months => i.months::integer))::date + {GRACE} AS ends_on) due
      ON due.ends_on >= p.first AND due.ends_on < p.last"""
FIRST_DONE = """EXISTS (SELECT FROM work_order w WHERE w.store_id = o.store_id AND w.vehicle_id = o.vehicle_id
    AND w.kind = 'maintenance' AND w.status <> 'voided' AND w.settled_at >= d.delivered_at
    AND (w.settled_at AT TIME ZONE 'Asia/Shanghai')::date <= due.ends_on)"""


def month(back: int) -> str:
    """SQL: the moment the month `back` months before begins."""
    return f"((p.month - interval '{back} months') AT TIME ZONE 'Asia/Shanghai')"


def seen(since: str, until: str) -> str:
    """SQL: whether a car came between two moments."""
    return f"""EXISTS (SELECT FROM work_order w WHERE w.store_id = p.store_id AND w.vehicle_id = v.id
    AND w.settled_at >= {since} AND w.settled_at < {until} AND {VISIT})"""


def cars(since: str, until: str) -> str:
    """SQL: the cars that came between two moments, each once."""
    return f"""LATERAL (SELECT DISTINCT w.vehicle_id AS id FROM work_order w WHERE w.store_id = p.store_id
    AND w.settled_at >= {since} AND w.settled_at < {until} AND {VISIT}) v ON true"""


SIX_AGO = cars(month(6), month(5))
YEAR_BEFORE = f"""{cars(month(23), month(11))}
    JOIN vehicle c ON c.store_id = p.store_id AND c.id = v.id AND c.status <> 'transferred'"""
AGE = """CASE WHEN c.bought_on IS NULL THEN NULL
    WHEN extract(year FROM age(p.last, c.bought_on)) >= 5 THEN '5+'
    ELSE extract(year FROM age(p.last, c.bought_on))::int || '-' || extract(year FROM age(p.last, c.bought_on))::int + 1
    END"""
COMEBACK = """EXISTS (SELECT FROM work_order b WHERE b.store_id = w.store_id AND b.comeback_of_id = w.id
    AND b.status <> 'voided' AND b.opened_at <= w.settled_at + interval '30 days'
    AND (b.fault_code IS NULL OR w.fault_code IS NULL OR b.fault_code = w.fault_code))"""

KPIS = (
    Kpi(
        code="K31",
        edition=1,
        label=Label("进厂台次", "Workshop visits"),
        unit=Unit.COUNT,
        meaning=Label(
            "当月结算的工单（不含内部、作废）；分项为类型。",
            "Work orders settled in the month, without internal and voided ones; the parts are their kinds.",
        ),
        numerator=Tally(VISITS, who="w.advisor_id", part="w.kind"),
    ),
    Kpi(
        code="K31V",
        edition=1,
        label=Label("进厂车辆数", "Cars in the workshop"),
        unit=Unit.COUNT,
        meaning=Label("当月进厂的车辆，按车架号去重。", "Cars that came in the month, each VIN once."),
        numerator=Tally(VISITS, "count(DISTINCT w.vehicle_id)"),
    ),
    Kpi(
        code="K32",
        edition=1,
        label=Label("客单价（不含税）", "Amount a visit, without tax"),
        unit=Unit.MONEY,
        headline=3,
        meaning=Label(
            "当月结算金额（按 13% 增值税折算为不含税，不含内部）÷ 进厂台次；分项为类型。",
            "Amounts settled in the month without 13 % tax and internal work ÷ visits; the parts are their kinds.",
        ),
        numerator=Tally(VISITS, f"round(sum(w.amount) / {VAT})", who="w.advisor_id", part="w.kind"),
        denominator=Tally(VISITS, who="w.advisor_id", part="w.kind"),
    ),
    Kpi(
        code="K32T",
        edition=1,
        label=Label("客单价（含税）", "Amount a visit, with tax"),
        unit=Unit.MONEY,
        meaning=Label("当月结算金额（含税，不含内部）÷ 进厂台次。", "Amounts settled in the month with tax ÷ visits."),
        numerator=Tally(VISITS, "sum(w.amount)"),
        denominator=Tally(VISITS),
    ),
    Kpi(
        code="K33",
        edition=1,
        label=Label("预约率", "Visits by appointment"),
        unit=Unit.PERCENT,
        meaning=Label("有预约的进厂台次 ÷ 进厂台次。", "Visits from appointments ÷ visits."),
        numerator=Tally(VISITS, "count(w.appointment_id)", who="w.advisor_id"),
        denominator=Tally(VISITS, who="w.advisor_id"),
    ),
    Kpi(
        code="K33K",
        edition=1,
        label=Label("预约履约率", "Appointments kept"),
        unit=Unit.PERCENT,
        meaning=Label("当月预约中到店的 ÷ 当月全部预约。", "Appointments that were kept ÷ all of the month."),
        numerator=Tally(BOOKED, "count(*) FILTER (WHERE a.status IN ('arrived', 'converted'))"),
        denominator=Tally(BOOKED),
    ),
    Kpi(
        code="K33N",
        edition=1,
        label=Label("预约爽约率", "Appointments missed"),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        meaning=Label("当月预约中未到店的 ÷ 当月全部预约。", "Appointments nobody came to ÷ all of the month."),
        numerator=Tally(BOOKED, "count(*) FILTER (WHERE a.status = 'no_show')"),
        denominator=Tally(BOOKED),
    ),
    Kpi(
        code="K34",
        edition=1,
        label=Label("准时交车率", "Ready as promised"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月结算且有承诺时间的工单中，不晚于首次承诺完工的 ÷ 有承诺的工单。",
            "Work orders ready by the first promise ÷ those with a promise.",
        ),
        numerator=Tally(PROMISED, f"count(*) FILTER (WHERE {FINISHED} <= promise.at)", who="w.advisor_id"),
        denominator=Tally(PROMISED, who="w.advisor_id"),
    ),
    Kpi(
        code="K36",
        edition=1,
        label=Label("首保率", "First maintenance"),
        unit=Unit.PERCENT,
        headline=4,
        matures=True,
        meaning=Label(
            f"首保到期日加 {GRACE} 天宽限落在当月的本店交车中，在宽限期内回店做保养的 ÷ 全部。",
            f"Of our deliveries whose first maintenance and {GRACE} days of grace ended in the month, those done here.",
        ),
        numerator=Tally(FIRST_DUE, f"count(*) FILTER (WHERE {FIRST_DONE})"),
        denominator=Tally(FIRST_DUE),
    ),
    Kpi(
        code="K38",
        edition=1,
        label=Label("六个月回厂率", "Back within six months"),
        unit=Unit.PERCENT,
        headline=5,
        meaning=Label(
            "六个月前当月进厂的车辆中，其后至本月再次进厂的 ÷ 六个月前进厂的车辆；流失率 = 1 − 回厂率。",
            "Of the cars seen in the month six months before, those seen again until now; churn is the rest.",
        ),
        numerator=Tally(SIX_AGO, f"count(*) FILTER (WHERE {seen(month(5), 'p.until')})"),
        denominator=Tally(SIX_AGO),
    ),
    Kpi(
        code="K39",
        edition=1,
        label=Label("十二个月留存率", "Kept for twelve months"),
        unit=Unit.PERCENT,
        headline=6,
        meaning=Label(
            "前第 24 至 12 个月进过厂且未转出的车辆中，近 12 个月又进厂的 ÷ 全部；分项为车龄（年）。",
            "Of the cars seen 24 to 12 months before and not transferred, those seen since; the parts are their years.",
        ),
        numerator=Tally(YEAR_BEFORE, f"count(*) FILTER (WHERE {seen(month(11), 'p.until')})", part=AGE),
        denominator=Tally(YEAR_BEFORE, part=AGE),
    ),
    Kpi(
        code="K41",
        edition=1,
        label=Label("首次修复率", "Fixed first time"),
        unit=Unit.PERCENT,
        matures=True,
        meaning=Label(
            "当月结算的一般维修中，30 天内没有因同一故障返修的 ÷ 全部一般维修。",
            "Repairs settled in the month without a comeback for the same fault within 30 days ÷ repairs.",
        ),
        numerator=Tally(f"{VISITS} AND w.kind = 'repair' AND NOT {COMEBACK}"),
        denominator=Tally(f"{VISITS} AND w.kind = 'repair'"),
    ),
)
