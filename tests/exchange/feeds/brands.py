"""Two made-up brand systems: how each calls its columns, and how it writes a day down."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
