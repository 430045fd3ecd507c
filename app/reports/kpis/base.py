"""KPIs of the customer base: cars and customers kept (K30, K59), insurance (K43), data (K68)."""

from app.core.label import Label
from app.reports.kpi import Good, Kpi, Tally, Unit

HELD = """vehicle v ON v.store_id = p.store_id AND v.status = 'delivered' AND v.customer_id IS NOT NULL
    AND (v.bought_on IS NULL OR v.bought_on < p.last)"""
CAME = """EXISTS (SELECT FROM work_order w WHERE w.store_id = v.store_id AND w.vehicle_id = v.id
    AND w.payer <> 'internal' AND w.status <> 'voided' AND w.settled_at < p.until{since})"""
ACTIVE = CAME.format(since=" AND w.settled_at >= ((p.month - interval '11 months') AT TIME ZONE 'Asia/Shanghai')")
EVER = CAME.format(since="")
# Where each customer stood when the month began and when it ended: the last change before, or what the first one after
# tells, or how he stands now.
STOOD = """coalesce(
    (SELECT h.to_stage FROM stage_history h WHERE h.store_id = c.store_id AND h.customer_id = c.id AND h.at < {moment}
      ORDER BY h.at DESC, h.id DESC LIMIT 1),
    (SELECT h.from_stage FROM stage_history h
      WHERE h.store_id = c.store_id AND h.customer_id = c.id AND h.at >= {moment} ORDER BY h.at, h.id LIMIT 1),
    c.stage)"""
STAGES = f"""customer c ON c.store_id = p.store_id AND c.merged_into_id IS NULL AND c.archived_at IS NULL
    JOIN LATERAL (SELECT {STOOD.format(moment="p.since")} AS was, {STOOD.format(moment="p.until")} AS became) s"""
# Commercial policies alone: a compulsory one by itself renews nothing.
ENDING = """insurance_policy i ON i.store_id = p.store_id AND i.kind = 'commercial' AND i.channel = 'here'
    AND i.status = 'in_force' AND i.ends_on >= p.first AND i.ends_on < p.last"""
RENEWED = """EXISTS (SELECT FROM insurance_policy n WHERE n.store_id = i.store_id AND n.vehicle_id = i.vehicle_id
    AND n.id <> i.id AND n.kind = 'commercial' AND n.channel = 'here' AND n.status = 'in_force'
    AND n.starts_on > i.starts_on AND n.starts_on <= i.ends_on + 30)"""
TURN = "CASE WHEN i.renewal_kind = 'new_car' THEN 'new_to_renewal' ELSE 'renewal' END"
BEGUN = """insurance_policy i ON i.store_id = p.store_id AND i.kind = 'commercial' AND i.channel = 'here'
    AND i.status = 'in_force' AND i.starts_on >= p.first AND i.starts_on < p.last"""
MEASURED = """quality_figure q ON q.store_id = p.store_id AND q.month = p.month AND q.subject = 'customer'"""

KPIS = (
    Kpi(
        code="K30",
        edition=1,
        label=Label("保有客户活跃率", "Active cars in the base"),
        unit=Unit.PERCENT,
        dated=False,
        meaning=Label(
            "近 12 个月进过厂的保有车辆 ÷ 保有车辆（有车主、未转出、未报废，按车架号）。",
            "Cars of the base seen within twelve months ÷ cars of the base: owned, neither transferred nor scrapped.",
        ),
        numerator=Tally(HELD, f"count(*) FILTER (WHERE {ACTIVE})"),
        denominator=Tally(HELD),
    ),
    Kpi(
        code="K30S",
        edition=1,
        label=Label("本店售出保有", "Base: sold here"),
        unit=Unit.PERCENT,
        dated=False,
        meaning=Label("本店售出的保有车辆中近 12 个月进过厂的 ÷ 全部。", "The same of cars of the base sold here."),
        numerator=Tally(f"{HELD} AND v.channel = 'here'", f"count(*) FILTER (WHERE {ACTIVE})"),
        denominator=Tally(f"{HELD} AND v.channel = 'here'"),
    ),
    Kpi(
        code="K30V",
        edition=1,
        label=Label("本店服务保有", "Base: serviced here"),
        unit=Unit.PERCENT,
        dated=False,
        meaning=Label(
            "曾在本店进厂的保有车辆中近 12 个月进过厂的 ÷ 全部。", "The same of cars of the base ever serviced here."
        ),
        numerator=Tally(f"{HELD} AND {EVER}", f"count(*) FILTER (WHERE {ACTIVE})"),
        denominator=Tally(f"{HELD} AND {EVER}"),
    ),
    Kpi(
        code="K43",
        edition=1,
        label=Label("续保率", "Insurance renewed"),
        unit=Unit.PERCENT,
        headline=7,
        matures=True,
        meaning=Label(
            "当月到期的本店商业险（新转续 + 续转续）中，到期后 30 天内在本店续保的 ÷ 到期数；分项为新转续、续转续。",
            "Of our commercial policies that ended in the month, those renewed here within 30 days; the parts are first"
            " and further renewals.",
        ),
        numerator=Tally(ENDING, f"count(*) FILTER (WHERE {RENEWED})", part=TURN),
        denominator=Tally(ENDING, part=TURN),
    ),
    Kpi(
        code="K43W",
        edition=1,
        label=Label("间转续与潜转续", "Policies won back and won"),
        unit=Unit.COUNT,
        meaning=Label(
            "当月起保的间转续、潜转续商业险件数，不计入续保率。",
            "Commercial policies begun in the month after a gap or won from elsewhere; they are no renewals.",
        ),
        numerator=Tally(f"{BEGUN} AND i.renewal_kind IN ('returned', 'won')", part="i.renewal_kind"),
    ),
    Kpi(
        code="K59",
        edition=1,
        label=Label("激活率", "Won back"),
        unit=Unit.PERCENT,
        meaning=Label(
            "月初休眠或流失、月末已活跃的客户 ÷ 月初休眠和流失的客户。",
            "Customers dormant or lost when the month began and active when it ended ÷ those dormant or lost.",
        ),
        numerator=Tally(f"{STAGES} ON s.was IN ('dormant', 'lost') AND s.became = 'active'"),
        denominator=Tally(f"{STAGES} ON s.was IN ('dormant', 'lost')"),
    ),
    Kpi(
        code="K59M",
        edition=1,
        label=Label("生命周期迁移", "Moves through the life cycle"),
        unit=Unit.COUNT,
        good=Good.NEITHER,
        meaning=Label(
            "月初阶段到月末阶段的客户数；分项写作“月初>月末”。",
            "Customers by their stage when the month began and ended; a part reads “began>ended”.",
        ),
        numerator=Tally(f"{STAGES} ON true", part="s.was || '>' || s.became"),
    ),
    Kpi(
        code="K68",
        edition=1,
        label=Label("客户资料完整度", "Completeness of customers"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月最后一次测量的客户资料完整度合计 ÷（条数 × 100）。",
            "The month's last measurement: completeness summed ÷ a hundred times the customers.",
        ),
        numerator=Tally(MEASURED, "sum(q.points)"),
        denominator=Tally(MEASURED, "sum(q.records) * 100"),
    ),
)
