"""Makes customer lists as old systems write them, together with what was meant."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.fields.vehicle import Vin

NAMES = ("杨志强", "武红霞", "欧阳娜娜", "陈㛃", "张𠮷", "李 梅", "Smith, John")
NAMES_TW = ("陳志強", "林美麗", "黃國華", "張雅婷")
MODELS = ("凯美瑞", "RAV4荣放", "bZ4X", "赛那")
MODELS_TW = ("汽車甲", "RAV4", "bZ4X")
NOTES = ("", "怕等；要靠窗", "VIP，注意语气", "=1+1", "-备用", 'say "hi"', "第一行\n第二行", "a,b;c|d")
NOTES_TW = ("", "請勿打擾", "=1+1", "第一行\n第二行")

WORDS = {
    "customer.name": ("姓名", "客户姓名", "车主姓名", "Name", "customer_name", "联系人"),
    "customer.number": ("客户编号", "档案号", "Customer No.", "会员号"),
    "customer.phone": ("联系电话", "手机号码", "电话", "Mobile", "TEL", "客户手机"),
    "customer.note": ("备注", "Notes", "Remark", "备注说明"),
    "vehicle.plate": ("车牌号", "牌照", "License Plate", "号牌号码"),
    "vehicle.vin": ("车架号", "VIN", "底盘号", "车辆识别代号", "Chassis No", "VIN码"),
    "vehicle.model": ("车型", "车型名称", "Model"),
    "vehicle.bought_on": ("购车日期", "提车日期", "Purchase Date", "交车日期"),
    "vehicle.mileage": ("里程", "当前里程", "公里数", "Odometer"),
}
WORDS_TW = {
    "customer.name": ("姓名", "客戶姓名", "車主姓名"),
    "customer.number": ("客戶編號", "會員號"),
    "customer.phone": ("聯絡電話", "手機號碼", "行動電話"),
    "customer.note": ("備註",),
    "vehicle.vin": ("車身號碼", "車架號碼"),
    "vehicle.model": ("車型",),
    "vehicle.bought_on": ("購車日期", "交車日期"),
    "vehicle.mileage": ("里程", "公里數"),
}
EXTRA = ("保险公司", "序号", "会员卡余额")
_OLD_FORMS = str.maketrans("电话详", "電話詳")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Dirty:
    """A file and the records it means: target → value, with the line each record begins on."""

    data: bytes
    header: list[str]
    header_line: int
    meant: list[tuple[int, dict[str, object]]]


def vin(random: Random) -> str:
    return Vin().example(random.randrange(10**5))


def phone(random: Random) -> tuple[str, str]:
    digits = f"1{random.randrange(3, 10)}{random.randrange(10**9):09d}"
    ways = (
        digits, f"+86{digits}", f"电话：{digits}", digits.translate(_WIDE), f" {digits}\t", f"'{digits}",
        f"{digits[:3]}-{digits[3:7]}-{digits[7:]}", f"{digits[:3]} {digits[3:7]} {digits[7:]}",
    )  # fmt: skip
    return random.choice(ways), f"+86{digits}"


def day(random: Random) -> tuple[str, date]:
    value = date(2012, 1, 1) + timedelta(days=random.randrange(5000))
    serial = (value - date(1899, 12, 30)).days
    ways = (
        f"{value:%Y-%m-%d}", f"{value:%Y%m%d}", f"{value:%Y年%m月%d日}", f"{value:%Y/%m/%d}", f"{value:%Y.%m.%d}",
        str(serial), f"{value.year}/{value.month}/{value.day}", f"{serial}.0",
    )  # fmt: skip
    return random.choice(ways), value


def plate(random: Random) -> tuple[str, str]:
    value = f"粤{random.choice('ABCDE')}{random.randrange(10**5):05d}"
    return random.choice((value, value.lower(), f"{value[:2]}·{value[2:]}", f" {value} ")), value


def mileage(random: Random) -> tuple[str, int]:
    value = random.randrange(1000, 300_000)
    return random.choice((str(value), f"{value:,}", f"{value}.0", str(value).translate(_WIDE))), value


def record(random: Random, at: int, *, tw: bool) -> tuple[dict[str, str], dict[str, object]]:
    """What the file says of one record, and what that means."""
    name, model = random.choice(NAMES_TW if tw else NAMES), random.choice(MODELS_TW if tw else MODELS)
    note, whole = random.choice(NOTES_TW if tw else NOTES), vin(random)
    pairs = {
        "customer.name": (random.choice((name, f" {name} ", f"{name}　")), name),
        "customer.number": (f"KH{at:05d}", f"KH{at:05d}"),
        "customer.note": (note, note or None),
        "vehicle.vin": (random.choice((whole, whole.lower(), f"{whole} ")), whole),
        "vehicle.model": (model, model),
        "customer.phone": phone(random),
        "vehicle.bought_on": random.choice((day(random), ("不详", None), ("", None))) if at % 5 == 0 else day(random),
        "vehicle.mileage": mileage(random),
        "vehicle.plate": plate(random),
    }
    return {k: raw for k, (raw, _) in pairs.items()}, {k: v for k, (_, v) in pairs.items() if v is not None}


def make(seed: int, rows: int = 30) -> Dirty:
    """The file of that seed: other names, order, separator, encoding, quoting, titles, blank lines and totals."""
    random = Random(seed)
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030", "gb18030", "big5"))
    words = WORDS_TW if encoding == "big5" else WORDS
    targets = ["customer.name", "vehicle.vin", *random.sample(sorted(set(words) - {"customer.name", "vehicle.vin"}), 4)]
    random.shuffle(targets)
    label = {target: _decorated(random, random.choice(words[target])) for target in targets}
    extra = random.choice(EXTRA) if encoding != "big5" and random.random() < 0.5 else None
    header = [label[target] for target in targets] + ([extra] if extra else [])
    sheet = _Sheet(random, len(header))
    sheet.titles("客戶檔案" if encoding == "big5" else "××汽车销售服务有限公司 客户档案导出")
    header_line = sheet.row(header)
    meant = []
    for at in range(rows):
        raw, values = record(random, at, tw=encoding == "big5")
        line = sheet.row([raw[target] for target in targets] + ([str(at)] if extra else []))
        meant.append((line, {target: values[target] for target in targets if target in values}))
        sheet.noise(header)
    sheet.total(rows, ("合計", "總計：") if encoding == "big5" else ("合计", "小计：", "Total"))
    text = sheet.text().translate(_OLD_FORMS) if encoding == "big5" else sheet.text()
    return Dirty(text.encode(encoding), header, header_line, meant)


def _decorated(random: Random, word: str) -> str:
    return random.choice((word, word, f"{word}*", f" {word} ", f"{word}(1)", f"{word}:"))


class _Sheet:
    """A text file being written, which knows the line it stands on."""

    def __init__(self, random: Random, width: int) -> None:
        self.random, self.width = random, width
        self.buffer, self.line = io.StringIO(newline=""), 1
        self.end = random.choice(("\r\n", "\n"))
        quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        separator = random.choice((",", ";", "\t", "|", ","))
        self.writer = csv.writer(self.buffer, delimiter=separator, lineterminator=self.end, quoting=quoting)

    def row(self, cells: list[str]) -> int:
        at, before = self.line, len(self.buffer.getvalue())
        self.writer.writerow(cells)
        self.line += self.buffer.getvalue()[before:].count("\n")
        return at

    def titles(self, text: str) -> None:
        for _ in range(self.random.randrange(3)):
            self.row(self.random.choice(([text, *[""] * (self.width - 1)], [text], [])))

    def noise(self, header: list[str]) -> None:
        if self.random.random() < 0.08:
            self.row(self.random.choice(([], [""] * self.width, [" "] * self.width, header)))

    def total(self, rows: int, words: tuple[str, ...]) -> None:
        if self.random.random() < 0.5:
            self.row([self.random.choice(words), str(rows), *[""] * (self.width - 2)])

    def text(self) -> str:
        return self.buffer.getvalue()
