"""What the whole group shares: brands, series, models, products, sources, insurers, notices, templates."""

from dataclasses import dataclass

YUAN = 100  # 分
BRANDS = (
    ("LANCHI", "澜驰", "澜驰汽车有限公司", "L9L"),
    ("YAOXING", "曜行", "曜行汽车有限公司", "L9Y"),
    ("LANGTU", "朗途", "朗途汽车有限公司", "L9T"),
)
# brand, series code, series, body, energy, least price in yuan
SERIES = (
    (0, "L3", "澜驰 L3", "sedan", "petrol", 118_800),
    (0, "L5", "澜驰 L5", "sedan", "hybrid", 168_800),
    (0, "X7", "澜驰 X7", "suv", "petrol", 198_800),
    (1, "E2", "曜行 E2", "sedan", "electric", 139_800),
    (1, "E6", "曜行 E6", "suv", "electric", 219_800),
    (1, "P5", "曜行 P5", "suv", "plug_in", 189_800),
    (2, "T4", "朗途 T4", "suv", "petrol", 149_800),
    (2, "M8", "朗途 M8", "mpv", "plug_in", 289_800),
    (2, "S6", "朗途 S6", "sedan", "petrol", 229_800),
)
TRIMS = (("COM", "舒适版", 1.0), ("PRE", "尊享版", 1.16))
PRODUCTS = (
    ("ACC-FILM", "隐形车衣", "accessory", "套", 6_800, 3_900),
    ("ACC-TINT", "全车隔热膜", "accessory", "套", 3_600, 1_500),
    ("ACC-MAT", "全包围脚垫", "accessory", "套", 680, 260),
    ("ACC-CAM", "行车记录仪", "accessory", "台", 980, 420),
    ("ACC-SEAT", "儿童安全座椅", "accessory", "台", 1_880, 1_100),
    ("PKG-5", "五次基础保养套餐", "package", "份", 2_580, 1_400),
    ("PKG-10", "十次基础保养套餐", "package", "份", 4_680, 2_700),
    ("WAR-2Y", "两年延长保修", "warranty", "份", 3_980, 1_900),
    ("SRV-PLATE", "上牌代办", "service", "次", 800, 300),
)
SOURCES = (
    ("WALK", "自然到店", "category", None), ("WEB", "线上", "category", None), ("REF", "转介绍", "category", None),
    ("EVENT", "车展与外拓", "category", None), ("CALL", "来电", "category", None),
    ("WEB-SITE", "官网留资", "channel", 1), ("WEB-PORTAL", "汽车垂媒", "channel", 1),
    ("WEB-VIDEO", "短视频直播", "channel", 1),
    ("REF-OWNER", "老客户推荐", "channel", 2), ("REF-STAFF", "员工推荐", "channel", 2),
    ("EVENT-AUTO", "春季车展", "campaign", 3), ("EVENT-MALL", "商场巡展", "campaign", 3),
)  # fmt: skip
# leads by source: place in SOURCES, share, how readily they buy
CHANNELS = (
    (5, 16, 1.0),
    (6, 26, 0.75),
    (7, 20, 0.55),
    (8, 9, 2.2),
    (9, 4, 1.6),
    (10, 8, 0.8),
    (11, 6, 0.6),
    (4, 11, 1.2),
)
INSURERS = (("PA", "安平财产保险"), ("RB", "人民保障财险"), ("TP", "太和财产保险"), ("DD", "大地行财险"))
SKILLS = (
    ("ME-1", "机电维修", "mechanical", True), ("HV-1", "高压电作业", "high_voltage", True),
    ("BD-1", "钣金修复", "body", False),
    ("PT-1", "喷漆", "paint", False), ("DG-1", "故障诊断", "diagnosis", True),
)  # fmt: skip
NOTICE = "我们为履行购车、维修与保险服务而处理您的姓名、联系方式和车辆信息；营销信息须您另行同意，可随时撤回。"
TEMPLATES = (
    ("T-BIRTH", "生日祝福", "care", "sms", "祝您生日快乐，平安顺遂。"),
    ("T-EVENT", "活动邀请", "marketing", "sms", "周末到店有礼。退订回T"),
)


@dataclass(frozen=True, slots=True)
class Model:
    """A trim one may buy: its record, series and brand, and what a car of it is like."""

    id: int
    series: int
    brand: int  # place in BRANDS
    name: str
    energy: str
    seats: int
    price: int  # 分
    maker: str  # the first three characters of its VINs


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The shared records the stores' years refer to."""

    models: tuple[Model, ...]
    products: tuple[int, ...]
    sources: tuple[int, ...]
    insurers: tuple[int, ...]
    notice: int
    skills: tuple[int, ...]
    recall: tuple[int, int]  # a campaign and the series it is about

    def of_brand(self, brand: int) -> tuple[Model, ...]:
        """The models a store of the brand sells."""
        return tuple(model for model in self.models if model.brand == brand)
