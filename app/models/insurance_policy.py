"""Insurance policy (保单): a compulsory or commercial cover of one car for a term."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Boolean, Choice, Date, Integer, Money, MultiChoice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import INSURANCE

KINDS = (
    Option("compulsory", Label("交强险", "Compulsory")),
    Option("commercial", Label("商业险", "Commercial")),
)
CHANNELS = (Option("here", Label("本店", "This store")), Option("elsewhere", Label("外店", "Elsewhere")))
RENEWALS = (
    Option("new_car", Label("新保", "New car")),
    Option("new_to_renewal", Label("新转续", "First renewal")),
    Option("renewal", Label("续转续", "Renewed again")),
    Option("returned", Label("间转续", "Back after a gap")),
    Option("won", Label("潜转续", "Won from elsewhere")),
)
COVERAGES = (
    Option("damage", Label("车辆损失险", "Vehicle damage")),
    Option("third_party", Label("第三者责任险", "Third-party liability")),
    Option("driver", Label("车上人员责任险（司机）", "Driver")),
    Option("passengers", Label("车上人员责任险（乘客）", "Passengers")),
    Option("no_deductible", Label("不计免赔", "No deductible")),
    Option("scratch", Label("车身划痕险", "Scratches")),
    Option("wheels", Label("车轮单独损失险", "Wheels alone")),
    Option("new_equipment", Label("新增设备险", "Added equipment")),
    Option("holiday", Label("法定节假日限额翻倍险", "Doubled on holidays")),
    Option("medical", Label("医保外医疗费用责任险", "Medical costs beyond insurance")),
    Option("grid_fault", Label("外部电网故障损失险", "Faults of the grid")),
    Option("charger", Label("自用充电桩损失险", "Home charger")),
)
STATES = (
    Option("in_force", Label("有效", "In force")),
    Option("surrendered", Label("已退保", "Surrendered")),
)
MONEY = Label("保费", "Premium")


class InsurancePolicy(Record):
    """One policy of one car; two of a kind that overlap are marked, not refused."""

    about = about(
        "保单",
        "Insurance policy",
        "Insurance policies",
        group="insurance",
        rank=10,
        icon="umbrella",
        title="number",
        order="-ends_on",
        owners=("seller",),
        list=("number", "vehicle", "kind", "insurer", "starts_on", "ends_on", "premium", "channel", "doubled"),
        unique=(("insurer", "number"),),
        grants=INSURANCE,
        checks=(
            Check(
                "in_order",
                "ends_on > starts_on",
                Label("保险止期要晚于起期。", "The policy must end after it starts."),
                "ends_on",
            ),
            Check(
                "not_itself",
                "previous_id <> id",
                Label("上期保单不能是它自己。", "It cannot follow itself."),
                "previous",
            ),
            Check(
                "amounts",
                "premium >= 0 AND coalesce(vehicle_tax, 0) >= 0",
                Label("保费和车船税不能是负数。", "Premium and tax cannot be negative."),
                "premium",
            ),
            Check(
                "tax_with_compulsory",
                "vehicle_tax IS NULL OR kind = 'compulsory'",
                Label(
                    "车船税随交强险代收，请记在交强险保单上。", "Vehicle tax is collected with the compulsory policy."
                ),
                "vehicle_tax",
            ),
        ),
    )

    number = field(Text(40), "保单号", "Policy number", required=True, search=True)
    insurer = field(Reference("insurer", past=True), "保险公司", "Insurer", required=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    customer = field(Reference("customer"), "投保人", "Policyholder")
    kind = field(Choice(KINDS), "险种", "Kind", required=True, default="commercial", index=True)
    channel = field(Choice(CHANNELS), "投保渠道", "Bought at", required=True, default="here", index=True)
    renewal_kind = field(Choice(RENEWALS), "续保类型", "Renewal", index=True)
    previous = field(Reference("insurance_policy"), "上期保单", "Previous policy")
    starts_on = field(Date(), "起期", "Starts", required=True, index=True)
    ends_on = field(Date(), "止期", "Ends", required=True, index=True)
    seats = field(Integer(min=1, max=99), "座位数", "Seats")
    coverages = field(MultiChoice(COVERAGES), "险别", "Coverages")
    seller = field(Reference("employee"), "出单人", "Issued by", claimed_by=("insurance", "renewal"))
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="in_force", index=True)
    surrendered_on = field(Date(), "退保日期", "Surrendered on")
    doubled = field(Boolean(), "保期重叠", "Overlaps another", required=True, readonly=True, default=False, index=True)
    premium = field(Money(min=0), "保费（元）", "Premium (yuan)", required=True, default="0", section=MONEY)
    vehicle_tax = field(Money(min=0), "车船税（元）", "Vehicle tax (yuan)", section=MONEY)
    note = field(Text(200), "备注", "Note", section=MONEY)
