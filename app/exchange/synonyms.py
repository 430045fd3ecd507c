"""What dealers call their columns: words of one meaning, in both languages."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from app.core.label import LOCALES, Label

# A line a meaning, named by its first word and continued by indentation; compare words only through `plain`.
MEANINGS = """
code: 编号 客户编号 客户代码 客户号 档案号 档案编号 会员号 卡号 编码 代码 no number id customer_no customer_id
    customer_code cust_no
name: 姓名 客户姓名 客户名称 客户名 名称 车主 车主姓名 车主名称 联系人 联系人姓名 客户 称呼 会员姓名 full_name
    customer customer_name owner owner_name contact client 客户名字 名字
phone: 电话 联系电话 手机 手机号 手机号码 电话号码 联系方式 移动电话 联系手机 客户电话 客户手机 车主电话
    车主手机 本人电话 mobile mobile_phone tel telephone cell cellphone phone_number mobile_number contact_number
    phone_no 行动电话 手机电话
email: 邮箱 电子邮箱 电子邮件 邮件 e_mail mail email_address
id_card: 身份证 身份证号 身份证号码 证件号 证件号码 公民身份号码 idcard id_no id_number identity identity_number
uscc: 统一社会信用代码 信用代码 社会信用代码 税号 纳税人识别号 credit_code tax_no
gender: 性别 sex
birth_date: 生日 出生日期 出生年月 客户生日 birthday date_of_birth dob birth
address: 地址 住址 联系地址 家庭地址 家庭住址 通讯地址 通信地址 客户地址 详细地址 addr home_address street
district: 区域 地区 所在地区 所属区域 region area
source: 来源 客户来源 信息来源 线索来源 来源渠道 渠道 获客渠道 source_channel lead_source channel
remark: 备注 说明 备注信息 其他 备注说明 附注 客户备注 notes note remarks comment comments memo 附记
plate: 车牌 车牌号 车牌号码 牌照 牌照号 牌号 号牌 号牌号码 plate_no plate_number license license_plate
    licence_plate registration_no
vin: 车架号 车架号码 底盘号 车辆识别代号 车辆识别代码 车辆识别码 识别代码 vin码 vin号 vin_no vin_code chassis
    chassis_no frame_no 车身号码 车身号
engine_no: 发动机号 发动机号码 引擎号 engine engine_number 引擎号码
model: 车型 model_name 车型名称 型号 车辆型号 车款 购买车型 vehicle_model car_model car
series: 车系 车系名称 car_series
brand: 品牌 车辆品牌 厂牌 make
color: 颜色 车身颜色 外观颜色 车辆颜色 外色 colour body_color
purchase_date: 购车日期 提车日期 购买日期 购车时间 提车时间 交车日期 交车时间 销售日期 开票日期 发票日期
    purchased_on purchased_at bought_on delivered_on delivery_date invoice_date sale_date sales_date
    date_of_purchase 领牌日期
registered_on: 上牌日期 注册日期 登记日期 初登日期 初次登记日期 registration_date registered
mileage: 里程 当前里程 公里数 行驶里程 里程数 总里程 行驶公里 进厂里程 最近里程 odometer km kilometers
    kilometres odometer_km mileage_km
purchase_channel: 购买渠道 购车渠道 购车途径 购买途径 bought_at bought_from
insurance_expiry: 商业险到期 商业险到期日 保险到期 保险到期日 保险到期日期 商业险到期日期 商业险到期时间
    续保日期 insurance_due insurance_end insurance_ends_on insurance_expires_on policy_end commercial_end
    commercial_insurance_until insurance_until
compulsory_expiry: 交强险到期 交强险到期日 交强险到期日期 compulsory_end
inspection_due: 年检到期 年检日期 年审日期 年检到期日 inspection_date
salesperson: 销售顾问 顾问 销售员 业务员 销售人员 接待销售 sales_consultant sales_owner sales_advisor consultant
advisor: 服务顾问 服务接待 接待员 接待顾问 service_advisor service_owner sa
store: 门店 store_name 店面 经销商 所属门店 店名 dealer shop
company: 公司 company_name 单位 单位名称 公司名称 工作单位 organisation organization
kind: 类型 客户类型 类别 客户类别 type customer_type category
level: 级别 等级 客户等级 客户级别 会员等级 grade tier
quantity: 数量 台数 qty
amount: 金额 总金额 总价 total_amount
price: 价格 单价 售价 成交价 unit_price
status: 状态 客户状态 state
created_on: 建档日期 建档时间 录入日期 录入时间 创建时间 登记时间 created date_created
""".strip()

NUMBERING = frozenset({"序号", "行号", "no", "row", "seq", "index", "line", "项次", "次序"})
REPORT = (Label("行号", "Line"), Label("栏目", "Column"), Label("原因", "Reason"))  # what a file of failed rows adds
_OTHERS = re.compile("推荐|介绍人|紧急|配偶|家属|送修|投保|referrer|emergency|spouse")  # somebody else's name or number
_TRADITIONAL = str.maketrans(
    "電話號車碼機聯絡繫係備註購買門顧問銷顏發動證統會員來稱別單級類狀態時間開驗檢險續業強駛總數價額區編檔戶錄創識辨體稅關訊線廠領",
    "电话号车码机联络系系备注购买门顾问销颜发动证统会员来称别单级类状态时间开验检险续业强驶总数价额区编档户录创识辨体税关讯线厂领",
)
_NOISE = re.compile(r"[(\[【<（].*?[)\]】>）]|[\s_\-*:：/\\.．·'\"“”#№、,，;；]+")


def plain(text: str) -> str:
    """A column's label reduced to what matters: no case, width, space, punctuation, bracketed remark or old form."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_TRADITIONAL)
    return _NOISE.sub("", folded) or folded.strip()


@cache
def meanings() -> dict[str, str]:
    """Every known word in plain form, with the meaning it stands for."""
    words: dict[str, str] = {}
    for line in MEANINGS.replace("\n ", " ").splitlines():
        meaning, _, rest = line.partition(":")
        for word in (meaning, *rest.split()):
            words.setdefault(plain(word), meaning)
    return words


def known(word: str) -> bool:
    """Whether a plain word is one columns are known by."""
    return word in meanings() or word in NUMBERING


def meaning(label: str) -> tuple[str, bool] | None:
    """What a label means, and whether it is listed whole; else the longest listed word at its end decides."""
    words, word = meanings(), plain(label)
    if word in words:
        return words[word], True
    if _OTHERS.search(word):
        return None
    return next(((words[tail], False) for tail in _tails(label) if tail in words), None)


def _tails(label: str) -> Iterator[str]:
    """Endings of a label, longest first: whole words of an English one, from two characters of a Chinese one."""
    word = plain(label).rstrip("0123456789一二三")
    if not word.isascii():
        return iter([word[start:] for start in range(len(word) - 1)])
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", unicodedata.normalize("NFKC", label))
    return iter(["".join(parts[start:]).lower() for start in range(len(parts))])


def reported(header: Sequence[str]) -> range:
    """The indexes of the columns an earlier import's report added at the end; empty for any other file."""
    tail = [plain(label) for label in header[-len(REPORT) :]]
    if any(tail == [plain(label.text(locale)) for label in REPORT] for locale in LOCALES):
        return range(len(header) - len(REPORT), len(header))
    return range(0)
