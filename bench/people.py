"""Made-up customers and cars of the shape a group of dealerships has; the same for the same number."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

STORES = 20
COMMON = "王伟"  # a name a hundredth of all customers bear, thirty of them in the smallest store
COMMON_AT_FIRST = 30
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "刚",
    "桂英",
    "建华",
    "文",
    "辉",
    "玲",
    "宇轩",
    "子涵",
    "雨桐",
    "浩然",
    "欣怡",
    "诗涵",
    "志强",
    "建国",
    "国栋",
    "晓明",
    "海燕",
    "春梅",
    "佳琪",
    "思远",
    "嘉怡",
    "俊杰",
    "一诺",
    "梓轩",
    "可馨",
    "天佑",
    "博文",
    "雅婷",
    "丹丹",
    "鹏飞",
]  # words read best as a line
CHARACTERS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂建华文辉玲宇轩子涵雨桐浩然欣怡诗志国栋晓海燕春梅佳琪思远嘉俊一诺"
)
STAGES = ("active",) * 50 + ("prospect",) * 25 + ("dormant",) * 15 + ("new",) * 8 + ("lost",) * 2
DISTRICTS = "浦东新区 徐汇区 闵行区 静安区 长宁区 普陀区 虹口区 杨浦区 宝山区 嘉定区 松江区 青浦区".split()  # noqa: SIM905  # words read best as a line
SOURCES = "到店 老客户介绍 汽车之家 懂车帝 车展 电话 官网 抖音".split()  # noqa: SIM905  # words read best as a line
MODELS = "凯美瑞 汉兰达 雷凌 威兰达 赛那 致炫 埃尔法 雅力士".split()  # noqa: SIM905  # words read best as a line
BIRTH = date(1955, 1, 1)


@dataclass(frozen=True, slots=True)
class Slice:
    """The customers of one store: their ids stand in a row, those of the oldest store first."""

    store: int  # 1 to 20, by age
    first: int
    count: int


def slices(total: int) -> list[Slice]:
    """The stores' shares of `total`: the oldest has the fewest, the newest a tenth, the others grow between."""
    least, most = max(200, total // 500), total // 10
    weights = [15 + number for number in range(2, STORES)]
    rest = total - least - most
    middle = [rest * weight // sum(weights) for weight in weights]
    middle[-1] += rest - sum(middle)
    found, first = [], 1
    for store, count in enumerate([least, *middle, most], start=1):
        found.append(Slice(store, first, count))
        first += count
    return found


def customer(number: int, place: int, staff: list[int]) -> dict[str, object]:
    """The values of customer `number`, the `place`-th of his store, whose staff owns them in turn."""
    dice = Random(number)
    name = COMMON if (place < COMMON_AT_FIRST or number % 100 == 0) else dice.choice(SURNAMES) + dice.choice(GIVEN)
    if name == COMMON and place >= COMMON_AT_FIRST and number % 100:
        name = "王刚"
    born = BIRTH + timedelta(days=dice.randrange(18_000))
    return {
        "name": name,
        "kind": "person",
        "number": f"C{number:08d}",
        "stage": dice.choice(STAGES),
        "phone": phone(number),
        "email": f"c{number}@example.cn" if often(dice, 0.2) else None,
        "district": dice.choice(DISTRICTS),
        "address": f"{dice.choice(DISTRICTS)}人民路{dice.randrange(1, 2000)}号" if often(dice, 0.5) else None,
        "gender": dice.choice(("male", "female")),
        "birth_date": born if often(dice, 0.6) else None,
        "id_card": id_card(number, born) if often(dice, 0.3) else None,
        "source": dice.choice(SOURCES),
        "sales_owner": staff[place % len(staff)],
        "service_owner": staff[(place + 3) % len(staff)] if often(dice, 0.7) else None,
        "note": "喜欢周末来店" if often(dice, 0.1) else None,
    }


def often(dice: Random, share: float) -> bool:
    """True for that share of all customers."""
    return dice.random() < share


def full_name(dice: Random) -> str:
    """One of some hundred thousand names of three characters."""
    return dice.choice(SURNAMES) + dice.choice(CHARACTERS) + dice.choice(CHARACTERS)


def phone(number: int) -> str:
    """The mobile number of customer `number`; no two share one."""
    return f"+86138{number * 7919 % 10**8:08d}"


def id_card(number: int, born: date) -> str:
    """An identity card number with its check digit."""
    body = f"310{number // 1000 % 1000:03d}{born:%Y%m%d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def plate(number: int) -> str:
    """The plate of car `number`; no two share one."""
    return f"沪{'ABCDEFGHJK'[number // 100_000]}{number % 100_000:05d}"


def vehicle(number: int, owner: int, seller: int) -> dict[str, object]:
    """The values of car `number`, which belongs to customer `owner`."""
    dice = Random(-number)
    return {
        "plate": plate(number),
        "vin": f"LVGBE40K0CG{number:06d}",
        "customer": owner,
        "model": dice.choice(MODELS),
        "energy": dice.choice(("petrol", "hybrid", "electric")),
        "color": dice.choice(("白", "黑", "银", "红")),
        "status": dice.choice(("delivered",) * 8 + ("stock", "on_sale")),
        "bought_on": date(2016, 1, 1) + timedelta(days=dice.randrange(3_800)),
        "mileage": dice.randrange(200_000),
        "sales_owner": seller,
    }
