"""Every KPI the product works out, a file a family; and those of the specification it does not yet, with the reason."""

from app.core.label import Label
from app.reports.kpi import Kpi
from app.reports.kpis import base, care, sales, service

KPIS: tuple[Kpi, ...] = tuple(sorted((*sales.KPIS, *service.KPIS, *base.KPIS, *care.KPIS), key=lambda one: one.code))
BY_CODE = {one.code: one for one in KPIS}
HEADLINES = tuple(sorted((one for one in KPIS if one.headline), key=lambda one: one.headline))

NO_SURVEYS = Label("尚无满意度调查数据", "There are no surveys yet")
NO_BOOKS = Label("尚无成本、库存或应收数据", "There are no costs, stocks or receivables yet")
NO_RULE = Label("尚未定义计算口径", "Its formula is not written yet")
# What a reader may look for and does not find, and why.
MISSING: tuple[tuple[str, Label, Label], ...] = (
    ("K04", Label("线索首响及时率", "Leads answered in time"), NO_RULE),
    ("K05", Label("邀约到店率", "Invited who came"), NO_RULE),
    ("K08–K11", Label("登记客户签单与二次来店", "Registered customers who order or return"), NO_RULE),
    ("K13, K15", Label("订单储备率、交车周期", "Orders in hand, days to delivery"), NO_RULE),
    ("K16, K19, K22", Label("单车毛利、库存周转、应收账款", "Margin, stock turn, receivables"), NO_BOOKS),
    ("K17, K18, K21", Label("推介置换增购、转介绍、SOP 执行", "Referrals, trade-ins, playbooks"), NO_RULE),
    ("K35, K37, K42", Label("工位与技师效率、定保率、建议转化", "Bays, later maintenance, advice sold"), NO_RULE),
    ("K44, K47", Label("零服吸收率、配件周转", "Absorption, stock of parts"), NO_BOOKS),
    ("K45, K46", Label("召回完成率、三包预警", "Recalls, lemon law"), NO_RULE),
    ("K50–K54", Label("CSI、SSI、NPS、CSAT、回访", "CSI, SSI, NPS, CSAT, call-backs"), NO_SURVEYS),
    ("K61–K67, K69", Label("客户价值、触达、同意、活动、实验", "Value, outreach, consent, campaigns"), NO_RULE),
)

__all__ = ["BY_CODE", "HEADLINES", "KPIS", "MISSING"]
