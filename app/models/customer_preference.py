"""Customer preference (偏好): what a customer likes and how he wants to be treated."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

KEYS = (
    Option("contact_time", Label("联系时间", "When to contact")),
    Option("contact_means", Label("联系方式", "How to contact")),
    Option("language", Label("语言", "Language")),
    Option("advisor", Label("指定顾问", "Preferred advisor")),
    Option("technician", Label("指定技师", "Preferred technician")),
    Option("drink", Label("饮品", "Drink")),
    Option("waiting", Label("等候方式", "While waiting")),
    Option("payment", Label("付款方式", "Payment")),
    Option("pick_up", Label("取送车", "Pick-up and delivery")),
    Option("topics", Label("感兴趣的话题", "Topics")),
    Option("other", Label("其他", "Other")),
)
SOURCES = (
    Option("told", Label("客户告知", "Told by the customer")),
    Option("observed", Label("员工观察", "Observed")),
    Option("survey", Label("问卷", "Survey")),
    Option("imported", Label("导入", "Imported")),
)


class CustomerPreference(Record):
    """One wish of a customer; each matter once."""

    about = about(
        "偏好",
        "Preference",
        "Preferences",
        group="customers",
        rank=15,
        icon="heart",
        title="value",
        list=("customer", "key", "value", "source"),
        unique=(("customer", "key"),),
        grants=BUSINESS,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    key = field(Choice(KEYS), "事项", "Matter", required=True, default="other", index=True)
    value = field(Text(200), "偏好", "Preference", required=True, privacy=Privacy.PERSONAL)
    source = field(Choice(SOURCES), "来源", "Source", required=True, default="told", index=True)
