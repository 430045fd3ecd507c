"""Lists of words that several tables share."""

from app.core.label import Label
from app.fields import Option

NUMBERED = Label("留空则自动编号。", "Left blank it is numbered.")  # of the number of a paper
MEANS = (  # by which something is sent to a customer
    Option("sms", Label("短信", "SMS")),
    Option("wechat", Label("微信", "WeChat")),
    Option("call", Label("电话", "Call")),
    Option("email", Label("邮件", "E-mail")),
    Option("letter", Label("信函", "Letter")),
    Option("in_app", Label("站内", "In app")),
)
NATURES = (  # what kind of message it is before the law
    Option("safety", Label("S 安全与法定", "S safety and law")),
    Option("transactional", Label("T 交易过程", "T transactional")),
    Option("notice", Label("N 服务通知", "N service notice")),
    Option("care", Label("C 关怀", "C care")),
    Option("marketing", Label("M 营销", "M marketing")),
    Option("internal", Label("I 内部", "I internal")),
)
ROLES = (  # of the employees a customer belongs to
    Option("sales", Label("销售顾问", "Sales consultant")),
    Option("service", Label("服务顾问", "Service advisor")),
    Option("renewal", Label("续保专员", "Renewal")),
    Option("care", Label("客服专员", "Customer care")),
)
