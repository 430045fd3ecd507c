"""The charts of the monthly report as Vega-Lite descriptions: data inside, one hue, readable in grey."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.reports.figures import Figure, Month
from app.reports.kpi import Unit
from app.reports.paper import FAMILY
from app.reports.words import part_name

INK, QUIET, RULE = "#1d2733", "#5c6b7a", "#d9dfe6"
DARK, MIDDLE, PALE = "#1c4a7e", "#8fabc9", "#dbe5f0"
Spec = dict[str, Any]
CONFIG: Spec = {
    "font": FAMILY,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET, "labelFontSize": 9, "titleColor": QUIET, "titleFontSize": 9, "titleFontWeight": "normal",
        "gridColor": RULE, "domainColor": RULE, "tickColor": RULE, "labelFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 9, "fontWeight": "normal"},
}  # fmt: skip


def chart(values: Sequence[Mapping[str, Any]], width: int, height: int, **more: Any) -> Spec:
    """A description with its data."""
    return {"data": {"values": list(values)}, "width": width, "height": height, "config": CONFIG, **more}


def number(figure: Figure) -> float | None:
    """A figure as charts draw it."""
    return None if figure.value is None else float(round(figure.value, 4))


def line(month: Month, code: str) -> Spec:
    """Twelve months and the present one as a line, the last point named."""
    series = month.series(code)
    values = [{"m": f"{day:%y-%m}", "v": number(figure)} for day, figure in series]
    last = [{"m": f"{day:%y-%m}", "v": number(figure), "t": figure.text} for day, figure in series[-1:]]
    money = series and series[-1][1].kpi.unit is Unit.MONEY
    x = {
        "field": "m", "type": "ordinal", "title": None, "scale": {"domain": [one["m"] for one in values]},
        "axis": {"labelAngle": 0, "values": [one["m"] for one in values[:: max(len(values) // 4, 1)]], "grid": False},
    }  # fmt: skip
    y = {
        "field": "v", "type": "quantitative", "title": None, "scale": {"zero": False, "nice": True},
        "axis": {"tickCount": 3, "format": ",.0f" if money else ",.1~f", "domain": False, "ticks": False},
    }  # fmt: skip
    layers = [
        {"mark": {"type": "line", "color": DARK, "strokeWidth": 1.6}, "encoding": {"x": x, "y": y}},
        {"data": {"values": last}, "mark": {"type": "point", "filled": True, "size": 26, "color": DARK},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    return chart(values, 205, 92, layer=layers)


def bars(rows: Sequence[tuple[str, int, str]], width: int = 200) -> Spec:
    """Horizontal bars in the order given, each with its words: (name, length, words)."""
    values = [{"k": name, "v": length, "t": words} for name, length, words in rows]
    y = {"field": "k", "type": "nominal", "title": None, "sort": None,
         "axis": {"domain": False, "ticks": False, "labelColor": INK, "labelLimit": 90}}  # fmt: skip
    x = {"field": "v", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}}
    layers = [
        {"mark": {"type": "bar", "color": DARK, "height": 11}, "encoding": {"x": x, "y": y}},
        {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"x": x, "y": y, "text": {"field": "t"}}},
    ]
    return chart(values, width, max(22 * len(values), 40), layer=layers)


def pareto(parts: Mapping[str, Figure], width: int = 220) -> Spec:
    """Kinds by how often they occur, with the share they and those before them make up."""
    some = sorted(
        ((one.n, part_name("K55", key)) for key, one in parts.items() if one.n > 0), key=lambda one: (-one[0], one[1])
    )
    total, running, values = sum(n for n, _ in some), 0, []
    for n, name in some:
        running += n
        values.append({"k": name, "n": n, "s": running / total})
    x = {"field": "k", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0, "labelLimit": 60}}
    count = {"field": "n", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1, "tickCount": 4}}
    share = {"field": "s", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
             "axis": {"format": ".0%", "tickCount": 4, "grid": False}}  # fmt: skip
    layers = [
        {"mark": {"type": "bar", "color": MIDDLE, "width": 22}, "encoding": {"x": x, "y": count}},
        {"mark": {"type": "line", "color": INK, "strokeWidth": 1.2, "point": {"color": INK, "size": 16}},
         "encoding": {"x": x, "y": share}},
    ]  # fmt: skip
    return chart(values, width, 110, layer=layers, resolve={"scale": {"y": "independent"}})


def matrix(parts: Mapping[str, Figure], stages: Sequence[tuple[str, str]]) -> Spec:
    """Where customers stood (rows) and where they came to (columns), darker for more."""
    names = dict(stages)
    values = []
    for key, figure in parts.items():
        was, _, became = key.partition(">")
        if was in names and became in names and figure.n:
            values.append({"was": names[was], "is": names[became], "n": figure.n, "moved": was != became})
    order = [name for _, name in stages]
    x = {"field": "is", "type": "nominal", "sort": order, "title": "月末", "scale": {"domain": order},
         "axis": {"labelAngle": 0, "orient": "top", "domain": False, "ticks": False}}  # fmt: skip
    y = {"field": "was", "type": "nominal", "sort": order, "title": "月初", "scale": {"domain": order},
         "axis": {"domain": False, "ticks": False}}  # fmt: skip
    shade = {"field": "n", "type": "quantitative", "legend": None, "scale": {"type": "symlog", "range": [PALE, DARK]}}
    most = max((figure.n for figure in parts.values()), default=1)
    ink = {"condition": {"test": f"datum.n > {most / 8}", "value": "white"}, "value": INK}
    layers = [
        {"mark": {"type": "rect", "stroke": "white"}, "encoding": {"x": x, "y": y, "color": shade}},
        {"mark": "text", "encoding": {"x": x, "y": y, "text": {"field": "n", "format": ","}, "color": ink}},
    ]
    return chart(values, 230, 130, layer=layers)
