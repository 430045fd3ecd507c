"""Writes what the whole group shares, once."""

from datetime import timedelta

from app.demo import catalogue as told
from app.demo.catalogue import YUAN, Catalogue, Model
from app.demo.plan import Plan
from app.demo.writing import Batch, Numbers, Row, Writer


def write_catalogue(plan: Plan, writer: Writer, numbers: Numbers) -> Catalogue:
    """Adds brands to templates; what the stores' years refer to."""
    models = _models(plan, writer, numbers)
    products = [
        {"code": code, "name": name, "kind": kind, "unit": unit, "price": price * YUAN, "cost": cost * YUAN}
        for code, name, kind, unit, price, cost in told.PRODUCTS
    ]
    insurers = [
        {"code": code, "name": name, "hotline": "+864009990000", "earliest_days": 60} for code, name in told.INSURERS
    ]
    skills = [
        {"code": code, "name": name, "kind": kind, "certified": certified, "valid_months": 36}
        for code, name, kind, certified in told.SKILLS
    ]
    notice = {
        "version_code": "2025-1", "title": "个人信息保护说明", "text": told.NOTICE,
        "effective_on": plan.begins_on - timedelta(days=400),
    }  # fmt: skip
    recall = {
        "number": "ZH2025-01", "title": "澜驰 L3 安全气囊控制软件升级", "remedy": "免费升级控制软件。",
        "announced_on": plan.begins_on + timedelta(days=110), "stop_sale": False,
    }  # fmt: skip
    made = Catalogue(
        models=models,
        products=_numbered("product", products, writer, numbers),
        sources=_sources(writer, numbers),
        insurers=_numbered("insurer", insurers, writer, numbers),
        notice=_numbered("privacy_notice", [notice], writer, numbers)[0],
        skills=_numbered("skill", skills, writer, numbers),
        recall=(_numbered("recall_campaign", [recall], writer, numbers)[0], models[0].series),
    )
    _templates(writer, numbers)
    return made


def _numbered(entity: str, rows: list[Row], writer: Writer, numbers: Numbers) -> tuple[int, ...]:
    """Writes rows under numbers of their own; the numbers."""
    ids = numbers.take(entity, len(rows))
    writer.write(Batch(entity, [{"id": number} | row for number, row in zip(ids, rows, strict=True)]))
    return tuple(ids)


def _models(plan: Plan, writer: Writer, numbers: Numbers) -> tuple[Model, ...]:
    brands = _numbered(
        "brand", [{"code": code, "name": name, "maker": maker} for code, name, maker, _ in told.BRANDS], writer, numbers
    )
    series = _numbered(
        "series",
        [{"code": code, "name": name, "brand": brands[brand], "body": body}
         for brand, code, name, body, _, _ in told.SERIES],
        writer,
        numbers,
    )  # fmt: skip
    models: list[Model] = []
    rows: list[Row] = []
    for place, (brand, code, name, body, energy, least) in enumerate(told.SERIES):
        for trim, word, factor in told.TRIMS:
            seats, price = (7 if body == "mpv" else 5), round(least * factor / 1_000) * 1_000 * YUAN
            called = f"{name} {plan.ends_on.year}款 {word}"
            models.append(Model(0, series[place], brand, called, energy, seats, price, told.BRANDS[brand][3]))
            rows.append({"code": f"{code}-{trim}", "name": called, "series": series[place], "energy": energy,
                         "model_year": plan.ends_on.year, "seats": seats, "list_price": price})  # fmt: skip
    ids = _numbered("vehicle_model", rows, writer, numbers)
    _plans(ids, models, writer, numbers)
    return tuple(
        Model(number, one.series, one.brand, one.name, one.energy, one.seats, one.price, one.maker)
        for number, one in zip(ids, models, strict=True)
    )


def _plans(ids: tuple[int, ...], models: list[Model], writer: Writer, numbers: Numbers) -> None:
    """When each model is due for service: the first check after three months, electric cars half as often."""
    rows = [{"name": f"{one.name} 保养计划", "model": number} for number, one in zip(ids, models, strict=True)]
    plans = _numbered("maintenance_plan", rows, writer, numbers)
    items: list[Row] = []
    for number, one in zip(plans, models, strict=True):
        step = 2 if one.energy == "electric" else 1
        items += [
            {
                "plan": number, "nth": nth, "name": "首次保养" if nth == 1 else f"第 {nth} 次保养",
                "km": 5_000 if nth == 1 else (nth - 1) * 10_000 * step,
                "months": 3 if nth == 1 else (nth - 1) * 6 * step,
                "first_check": nth == 1,
            }
            for nth in range(1, 7)
        ]  # fmt: skip
    _numbered("maintenance_plan_item", items, writer, numbers)


def _sources(writer: Writer, numbers: Numbers) -> tuple[int, ...]:
    ids = numbers.take("lead_source", len(told.SOURCES))
    rows = [
        {"id": number, "code": code, "name": name, "level": level, "parent": None if above is None else ids[above]}
        for number, (code, name, level, above) in zip(ids, told.SOURCES, strict=True)
    ]
    writer.write(Batch("lead_source", rows))
    return tuple(ids)


def _templates(writer: Writer, numbers: Numbers) -> None:
    """Words for messages by hand; the rules that remind by themselves are shipped with theirs."""
    rows = [
        {"code": code, "name": name, "nature": nature, "channel": channel, "body": body, "status": "approved"}
        for code, name, nature, channel, body in told.TEMPLATES
    ]
    _numbered("message_template", rows, writer, numbers)
