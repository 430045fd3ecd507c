"""Two made-up brand systems: how each calls its columns, and how it writes a day down."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

ALPHA_ORDERS: Mapping[str, Any] = {
    "code": "alpha-orders",
    "label": "甲系统 工单",
    "brand_system": "Alpha DMS",
    "of_record": True,
    "to": ["PD"],
    "entity": "work_order",
    "part": "work_order_line",
    "within": "work_order",
    "name": "WO_{day}[_{seq}].csv",
    "keys": {"work_order": ["number"], "work_order_line": ["line"]},
    "missing": {"vehicle": "make", "customer": "make", "advisor": "empty"},
    "columns": [
        {"label": "营业日", "use": "day"},
        {"label": "委托书号", "entity": "work_order", "field": "number"},
        {"label": "底盘号", "entity": "work_order", "field": "vehicle", "by": "vin"},
        {"label": "客户手机", "entity": "work_order", "field": "customer", "by": "phone"},
        {"label": "客户姓名", "entity": "work_order", "field": "customer", "by": "name", "also": True},
        {"label": "接待员工号", "entity": "work_order", "field": "advisor", "by": "number"},
        {"label": "进厂时间", "entity": "work_order", "field": "opened_at"},
        {"label": "结算时间", "entity": "work_order", "field": "settled_at"},
        {"label": "里程", "entity": "work_order", "field": "mileage"},
        {
            "label": "单据状态", "entity": "work_order", "field": "status",
            "words": {"接车": "reception", "在修": "working", "完工": "ready", "已结": "settled", "作废": "voided"},
        },
        {"label": "应收(分)", "entity": "work_order", "field": "amount", "unit": "fen"},
        {"label": "送修人电话", "entity": "work_order", "field": "brought_phone"},
        {"label": "序", "entity": "work_order_line", "field": "line"},
        {
            "label": "类", "entity": "work_order_line", "field": "kind",
            "words": {"工": "labour", "料": "part", "外": "outside"},
        },
        {"label": "项目编码", "entity": "work_order_line", "field": "code"},
        {"label": "项目名称", "entity": "work_order_line", "field": "name"},
        {"label": "数", "entity": "work_order_line", "field": "quantity"},
        {"label": "单价(分)", "entity": "work_order_line", "field": "price", "unit": "fen"},
    ],
}  # fmt: skip
ALPHA_HEAD = [column["label"] for column in ALPHA_ORDERS["columns"]]


def table(head: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "gb18030") -> bytes:
    """A CSV as a system writes it."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return sink.getvalue().encode(encoding)


def alpha(day: str, *orders: Sequence[object]) -> bytes:
    """A day's work orders: each (number, vin, phone, name, state, lines…), a line (place, kind, name, price)."""
    rows = []
    for number, vin, phone, name, state, *lines in orders:
        settled = f"{day} 17:30" if state == "已结" else ""
        head = [day, number, vin, phone, name, "", f"{day} 09:00", settled, 12_000, state, 50_000, phone]
        for place, kind, what, price in lines:  # type: ignore[misc]
            rows.append([*head, place, kind, f"{kind}{place}", what, 1, price])
    return table(ALPHA_HEAD, rows)


ALPHA_SALES: Mapping[str, Any] = {
    "code": "alpha-sales",
    "brand_system": "Alpha DMS",
    "of_record": True,
    "to": ["PD"],
    "entity": "sales_order",
    "name": "SO_{day}.csv",
    "keys": {"sales_order": ["number"]},
    "missing": {"vehicle": "make", "customer": "make", "consultant": "empty"},
    "columns": [
        {"label": "合同号", "entity": "sales_order", "field": "number"},
        {"label": "购车人", "entity": "sales_order", "field": "customer", "by": "name", "also": True},
        {"label": "购车人手机", "entity": "sales_order", "field": "customer", "by": "phone"},
        {"label": "车型代码", "entity": "sales_order", "field": "model", "by": "code"},
        {"label": "VIN", "entity": "sales_order", "field": "vehicle", "by": "vin"},
        {"label": "签约日", "entity": "sales_order", "field": "ordered_at", "date": "%d.%m.%Y"},
        {"label": "成交价(万)", "entity": "sales_order", "field": "price", "unit": "wan"},
    ],
}
ALPHA_DELIVERIES: Mapping[str, Any] = {
    "code": "alpha-deliveries",
    "brand_system": "Alpha DMS",
    "of_record": True,
    "to": ["PD"],
    "entity": "delivery",
    "name": "DLV_{day}.csv",
    "keys": {"delivery": ["sales_order"]},
    "columns": [
        {"label": "交车单号", "entity": "delivery", "field": "number"},
        {"label": "合同号", "entity": "delivery", "field": "sales_order", "by": "number"},
        {"label": "交车时间", "entity": "delivery", "field": "delivered_at"},
        {"label": "公里数", "entity": "delivery", "field": "odometer"},
        {"label": "提车人", "entity": "delivery", "field": "receiver"},
    ],
}
BETA_ORDERS: Mapping[str, Any] = {
    "code": "beta-orders",
    "brand_system": "乙系统",
    "of_record": True,
    "to": ["XH"],
    "entity": "work_order",
    "name": "工单-{day}-{seq}.xlsx",
    "keys": {"work_order": ["number"]},
    "missing": {"vehicle": "make", "customer": "make"},
    "stores": {"SH02": "XH"},
    "columns": [
        {"label": "状态码", "entity": "work_order", "field": "status",
         "words": {"10": "reception", "30": "working", "50": "ready", "70": "settled", "90": "voided"}},
        {"label": "网点", "use": "store"},
        {"label": "工单编号", "entity": "work_order", "field": "number"},
        {"label": "VIN码", "entity": "work_order", "field": "vehicle", "by": "vin"},
        {"label": "车牌", "entity": "work_order", "field": "vehicle", "by": "plate", "also": True},
        {"label": "客户代码", "entity": "work_order", "field": "customer", "by": "number"},
        {"label": "客户名称", "entity": "work_order", "field": "customer", "by": "name", "also": True},
        {"label": "维修类型", "entity": "work_order", "field": "kind",
         "words": {"BY": "maintenance", "WX": "repair", "SB": "warranty"}},
        {"label": "开单时间", "entity": "work_order", "field": "opened_at"},
        {"label": "结算日期", "entity": "work_order", "field": "settled_at"},
        {"label": "金额", "entity": "work_order", "field": "amount"},
        {"label": "最后修改", "use": "changed"},
    ],
}  # fmt: skip
BETA_LINES: Mapping[str, Any] = {
    "code": "beta-lines",
    "brand_system": "乙系统",
    "of_record": True,
    "to": ["XH"],
    "part": "work_order_line",
    "within": "work_order",
    "counted": "line",
    "name": "工单明细-{day}-{seq}.xlsx",
    "keys": {"work_order_line": ["line"]},
    "constants": [{"entity": "work_order_line", "field": "payer", "value": "customer"}],
    "columns": [
        {"label": "工单编号", "entity": "work_order_line", "field": "work_order", "by": "number"},
        {"label": "内容", "entity": "work_order_line", "field": "name"},
        {"label": "类型", "entity": "work_order_line", "field": "kind", "words": {"L": "labour", "P": "part"}},
        {"label": "数量", "entity": "work_order_line", "field": "quantity"},
        {"label": "单价", "entity": "work_order_line", "field": "price"},
    ],
}
BETA_POLICIES: Mapping[str, Any] = {
    "code": "beta-policies",
    "brand_system": "乙系统",
    "of_record": True,
    "to": ["XH"],
    "entity": "insurance_policy",
    "name": "保单-{day}.xlsx",
    "keys": {"insurance_policy": ["insurer", "number"]},
    "missing": {"vehicle": "make"},
    "columns": [
        {"label": "保险公司", "entity": "insurance_policy", "field": "insurer", "by": "name"},
        {"label": "保单号码", "entity": "insurance_policy", "field": "number"},
        {"label": "车架号码", "entity": "insurance_policy", "field": "vehicle", "by": "vin"},
        {"label": "险种", "entity": "insurance_policy", "field": "kind",
         "words": {"交强": "compulsory", "商业": "commercial"}},
        {"label": "起保", "entity": "insurance_policy", "field": "starts_on"},
        {"label": "终保", "entity": "insurance_policy", "field": "ends_on"},
        {"label": "保费", "entity": "insurance_policy", "field": "premium"},
    ],
}  # fmt: skip
EVERY = (ALPHA_ORDERS, ALPHA_SALES, ALPHA_DELIVERIES, BETA_ORDERS, BETA_LINES, BETA_POLICIES)


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An XLSX with a title above its heading, as a system writes it."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("导出")
        sheet.write(0, 0, title)
        for number, row in enumerate((head, *rows), 2):
            sheet.write_row(number, 0, row)
    return sink.getvalue()


def labels(profile: Mapping[str, Any]) -> list[str]:
    """The columns of a profile's files."""
    return [column["label"] for column in profile["columns"]]
