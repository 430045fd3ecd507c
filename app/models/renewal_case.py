"""Renewal case (续保跟进): winning a car's insurance for another year."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, DateTime, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import INSURANCE

STATES = (
    Option("listed", Label("待分配", "Listed")),
    Option("assigned", Label("已分配", "Assigned")),
    Option("called", Label("已首呼", "Called")),
    Option("quoted", Label("已报价", "Quoted")),
    Option("issued", Label("已出单", "Issued")),
    Option("lost", Label("战败", "Lost")),
)
REASONS = (
    Option("price", Label("价格", "Price")),
    Option("elsewhere", Label("已在外店投保", "Insured elsewhere")),
    Option("service", Label("服务不满", "Unhappy with the service")),
    Option("sold", Label("车辆已卖", "Car sold")),
    Option("unreachable", Label("联系不上", "Cannot be reached")),
    Option("not_renewing", Label("不再投保", "Will not renew")),
)
RESULT = Label("结果", "Outcome")


class RenewalCase(Record):
    """One car in one year: from the list to the issued policy, or to the reason why not."""

    about = about(
        "续保跟进",
        "Renewal case",
        "Renewal cases",
        group="insurance",
        rank=20,
        icon="refresh",
        title="subject",
        order="due_on",
        owners=("owner",),
        list=("subject", "vehicle", "customer", "year", "due_on", "owner", "status", "next_call_on", "quoted"),
        unique=(("vehicle", "year"),),
        grants=INSURANCE,
        checks=(
            Check(
                "year_of_due",
                "year = extract(year FROM due_on)",
                Label("年度要和保险到期日的年份一致。", "The year is that of the day the insurance ends."),
                "year",
            ),
            Check(
                "insurer_known",
                "lost_reason IS DISTINCT FROM 'elsewhere' OR lost_insurer_id IS NOT NULL",
                Label("请选择客户改投的保险公司。", "Choose the insurer the customer went to."),
                "lost_insurer",
            ),
            Check(
                "quoted_positive", "quoted >= 0", Label("报价不能是负数。", "A quotation cannot be negative."), "quoted"
            ),
        ),
    )

    subject = field(Text(60), "事项", "Subject", required=True, default="续保")
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    customer = field(Reference("customer"), "客户", "Customer")
    year = field(Integer(min=2000, max=2100), "年度", "Year", required=True, index=True)
    due_on = field(Date(), "保险到期日", "Insurance ends", required=True, index=True)
    previous = field(Reference("insurance_policy"), "到期保单", "Ending policy")
    owner = field(Reference("employee"), "续保专员", "Owner", claimed_by=("renewal", "insurance"))
    status = field(Choice(STATES), "阶段", "Stage", required=True, readonly=True, default="listed", index=True)
    called_at = field(DateTime(), "首呼时间", "First call")
    next_call_on = field(Date(), "下次联系", "Next call", index=True)
    quoted = field(Money(min=0), "报价（元）", "Quoted (yuan)")
    policy = field(Reference("insurance_policy"), "新保单", "New policy", section=RESULT)
    lost_reason = field(Choice(REASONS), "战败原因", "Why lost", section=RESULT, index=True)
    lost_insurer = field(Reference("insurer", past=True), "改投公司", "Went to", section=RESULT)
    note = field(Text(200), "备注", "Note", section=RESULT)
