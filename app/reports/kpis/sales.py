"""KPIs of sales (K01 to K20) and of returning buyers (K60)."""

from app.core.label import Label
from app.reports.kpi import Good, Kpi, Tally, Unit

TO_BUY = "('look', 'drive', 'negotiate')"
LOCAL = "AT TIME ZONE 'Asia/Shanghai'"
VISITS = f"""showroom_visit v ON v.store_id = p.store_id AND v.arrived_at >= p.since AND v.arrived_at < p.until
    AND v.purpose IN {TO_BUY}"""
# Who comes for the first time to buy and is not in an open opportunity's hands already; and leads won outside the store
# (sources below the category EVENT), on their day, unless they came in as well.
FRESH = f"""(
    SELECT v.store_id, v.arrived_at AS at, v.consultant_id AS employee_id,
           v.phone IS NOT NULL OR coalesce(c.has_phone, false) OR l.phone IS NOT NULL AS kept
      FROM showroom_visit v LEFT JOIN customer c ON c.store_id = v.store_id AND c.id = v.customer_id
      LEFT JOIN lead l ON l.store_id = v.store_id AND l.id = v.lead_id
     WHERE v.first_visit AND v.purpose IN {TO_BUY}
       AND v.arrived_at >= (SELECT min(since) FROM span) AND v.arrived_at < (SELECT max(until) FROM span)
       AND NOT EXISTS (SELECT FROM opportunity o WHERE o.store_id = v.store_id AND o.customer_id = v.customer_id
            AND o.opened_on < (v.arrived_at {LOCAL})::date AND (o.closed_at IS NULL OR o.closed_at > v.arrived_at))
     UNION ALL
    SELECT l.store_id, l.received_at, l.assignee_id, l.phone IS NOT NULL
      FROM lead l JOIN outside s ON s.id = l.source_id
     WHERE l.status NOT IN ('invalid', 'duplicate')
       AND l.received_at >= (SELECT min(since) FROM span) AND l.received_at < (SELECT max(until) FROM span)
       AND NOT EXISTS (SELECT FROM showroom_visit v WHERE v.store_id = l.store_id AND v.lead_id = l.id)
) f ON f.store_id = p.store_id AND f.at >= p.since AND f.at < p.until"""
# A cancellation counts against the month in which it happened.
ORDERS = """(
    SELECT store_id, consultant_id, ordered_at AS at, 1 AS n FROM sales_order
     WHERE status <> 'draft' AND ordered_at >= (SELECT min(since) FROM span)
       AND ordered_at < (SELECT max(until) FROM span)
     UNION ALL
    SELECT store_id, consultant_id, cancelled_at, -1 FROM sales_order
     WHERE status = 'cancelled' AND ordered_at IS NOT NULL AND cancelled_at >= (SELECT min(since) FROM span)
       AND cancelled_at < (SELECT max(until) FROM span)
) o ON o.store_id = p.store_id AND o.at >= p.since AND o.at < p.until"""
DELIVERED = "delivery d ON d.store_id = p.store_id AND d.delivered_at >= p.since AND d.delivered_at < p.until"
WITH_ORDER = f"{DELIVERED} JOIN sales_order o ON o.store_id = d.store_id AND o.id = d.sales_order_id"
TARGETS = """sales_target t ON t.store_id = p.store_id AND t.month = p.month AND t.model_id IS NULL
    AND t.level IN ('store', 'employee')"""
# A store without a target of its own has its people's together.
GOAL = """CASE WHEN GROUPING(t.employee_id) = 0 THEN sum(t.quantity) FILTER (WHERE t.level = 'employee')
    ELSE coalesce(sum(t.quantity) FILTER (WHERE t.level = 'store'), sum(t.quantity)) END"""
LEADS = "lead l ON l.store_id = p.store_id AND l.received_at >= p.since AND l.received_at < p.until"
VALID = "count(*) FILTER (WHERE l.status NOT IN ('invalid', 'duplicate'))"
CLOSED = """opportunity o ON o.store_id = p.store_id AND o.closed_at >= p.since AND o.closed_at < p.until
    AND o.stage IN ('lost', 'delivered')"""
DRIVES = """test_drive t ON t.store_id = p.store_id AND t.starts_at >= p.since AND t.starts_at < p.until
    AND t.status = 'returned' AND t.opportunity_id IS NOT NULL"""
EARLIER = """EXISTS (SELECT FROM sales_order q JOIN delivery e ON e.store_id = q.store_id AND e.sales_order_id = q.id
    WHERE q.store_id = o.store_id AND q.customer_id = o.customer_id AND e.delivered_at < d.delivered_at)"""
SELLER = "d.consultant_id"

WALK_INS = Tally(FRESH, who="f.employee_id")

KPIS = (
    Kpi(
        code="K14",
        edition=1,
        label=Label("交车量目标达成率", "Deliveries against target"),
        unit=Unit.PERCENT,
        headline=1,
        sampled=False,
        meaning=Label(
            "当月交车台数 ÷ 当月门店销售目标台数（门店未设目标时取个人目标之和）。",
            "Cars delivered in the month ÷ the store's target (the people's together where the store has none).",
        ),
        numerator=Tally(DELIVERED, who=SELLER),
        denominator=Tally(TARGETS, GOAL, who="t.employee_id"),
    ),
    Kpi(
        code="K07",
        edition=1,
        label=Label("成交率", "Closing rate"),
        unit=Unit.PERCENT,
        headline=2,
        meaning=Label(
            "当月签约订单（减去当月退订）÷ 当月新增集客。",
            "Orders signed in the month less those cancelled in it ÷ new prospects of the month.",
        ),
        numerator=Tally(ORDERS, "sum(o.n)", who="o.consultant_id"),
        denominator=WALK_INS,
    ),
    Kpi(
        code="K01",
        edition=1,
        label=Label("来店批次", "Showroom visits"),
        unit=Unit.COUNT,
        meaning=Label("当月来店购车（看车、试驾、谈价）的批次，一批人计一次。", "Visits to buy; a party counts once."),
        numerator=Tally(VISITS, who="v.consultant_id"),
    ),
    Kpi(
        code="K01N",
        edition=1,
        label=Label("新增集客", "New prospects"),
        unit=Unit.COUNT,
        meaning=Label(
            "当月首次来店购车的批次，不含已有进行中商机的客户和售后来访；外拓线索计入当日。",
            "First visits to buy, without customers who have an open opportunity; leads won outside count.",
        ),
        numerator=WALK_INS,
    ),
    Kpi(
        code="K02",
        edition=1,
        label=Label("留档率", "Contact kept"),
        unit=Unit.PERCENT,
        meaning=Label(
            "新增集客中留下联系电话的 ÷ 新增集客。", "New prospects with a telephone number ÷ new prospects."
        ),
        numerator=Tally(FRESH, "count(*) FILTER (WHERE f.kept)", who="f.employee_id"),
        denominator=WALK_INS,
    ),
    Kpi(
        code="K03",
        edition=1,
        label=Label("有效线索率", "Valid leads"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月线索中非无效、非重复的 ÷ 当月全部线索。", "Leads neither invalid nor duplicate ÷ all leads."
        ),
        numerator=Tally(LEADS, VALID, who="l.assignee_id"),
        denominator=Tally(LEADS, who="l.assignee_id"),
    ),
    Kpi(
        code="K06",
        edition=1,
        label=Label("试乘试驾率", "Test drive rate"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月至少试驾一次的商机数 ÷ 新增集客。", "Opportunities with a test drive in the month ÷ new prospects."
        ),
        numerator=Tally(DRIVES, "count(DISTINCT t.opportunity_id)", who="t.consultant_id"),
        denominator=WALK_INS,
    ),
    Kpi(
        code="K12",
        edition=1,
        label=Label("战败率", "Lost rate"),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        meaning=Label(
            "当月确认战败的商机 ÷ （战败 + 成交）；分项为战败原因。",
            "Opportunities confirmed lost in the month ÷ lost and won; the parts are the reasons.",
        ),
        numerator=Tally(f"{CLOSED} AND o.stage = 'lost'", who="o.consultant_id", part="o.lost_reason"),
        denominator=Tally(CLOSED, who="o.consultant_id"),
    ),
    Kpi(
        code="K20",
        edition=1,
        label=Label("金融渗透率", "Finance penetration"),
        unit=Unit.PERCENT,
        meaning=Label("当月交车中分期或融资租赁的 ÷ 当月交车。", "Deliveries by loan or lease ÷ deliveries."),
        numerator=Tally(WITH_ORDER, "count(*) FILTER (WHERE o.payment IN ('loan', 'lease'))", who=SELLER),
        denominator=Tally(DELIVERED, who=SELLER),
    ),
    Kpi(
        code="K60",
        edition=1,
        label=Label("客户复购率", "Buyers who return"),
        unit=Unit.PERCENT,
        meaning=Label(
            "当月交车中，车主此前在本店已有交车的 ÷ 当月交车（未按家庭合并）。",
            "Deliveries whose customer had an earlier one here ÷ deliveries; households are not joined.",
        ),
        numerator=Tally(WITH_ORDER, f"count(*) FILTER (WHERE {EARLIER})"),
        denominator=Tally(DELIVERED),
    ),
)
