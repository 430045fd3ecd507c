"""How conditions read: operators by kind, chips in words."""

from app.core.field import Field
from app.core.kind import Operator
from app.core.label import Label
from app.heads.pages import Chip, Operation
from app.records.query import Condition

WORDS: dict[Operator, Label] = {
    Operator.EQ: Label("是", "is"),
    Operator.NE: Label("不是", "is not"),
    Operator.LT: Label("小于", "less than"),
    Operator.LE: Label("不大于", "at most"),
    Operator.GT: Label("大于", "more than"),
    Operator.GE: Label("不小于", "at least"),
    Operator.IN: Label("属于", "one of"),
    Operator.HAS: Label("已填写", "is filled in"),
    Operator.TAIL: Label("末位是", "ends in"),
}
DATES: dict[Operator, Label] = {
    Operator.LT: Label("早于", "before"),
    Operator.LE: Label("不晚于", "on or before"),
    Operator.GT: Label("晚于", "after"),
    Operator.GE: Label("不早于", "on or after"),
}
EMPTY = Label("为空", "is empty")
AND = Label("、", ", ")


def word(field: Field, operator: Operator) -> Label:
    """How an operator reads for a field."""
    if field.kind.code in ("date", "datetime") and operator in DATES:
        return DATES[operator]
    return WORDS[operator]


def operations(field: Field, operators: tuple[Operator, ...], locale: str, chosen: str = "") -> tuple[Operation, ...]:
    """The operators as a menu; "has" stands twice, with and without a value."""
    made = []
    for operator in operators:
        if operator is Operator.HAS:
            made.append(
                Operation(value="has", text=WORDS[operator].text(locale), valueless=True, selected=chosen == "has")
            )
            made.append(Operation(value="has_no", text=EMPTY.text(locale), valueless=True, selected=chosen == "has_no"))
        else:
            made.append(
                Operation(value=operator.value, text=word(field, operator).text(locale), selected=chosen == operator)
            )
    return tuple(made)


def chip(one: Condition, href: str, locale: str, titles: dict[str, dict[int, str]]) -> Chip:
    """A condition in force, in words."""
    field, label = one.field, one.field.label.text(locale)
    if one.operator is Operator.HAS:
        return Chip(text=f"{label} {(WORDS[Operator.HAS] if one.value else EMPTY).text(locale)}", remove_href=href)
    values = one.value if isinstance(one.value, tuple) and one.operator is Operator.IN else (one.value,)
    shown = AND.text(locale).join(value_text(field, value, locale, titles) for value in values)
    return Chip(text=f"{label} {word(field, one.operator).text(locale)} {shown}", remove_href=href)


def value_text(field: Field, value: object, locale: str, titles: dict[str, dict[int, str]]) -> str:
    """A condition's value as a person reads it; a protected one only as its mask."""
    if field.target and isinstance(value, int):
        return titles.get(field.target, {}).get(value, f"#{value}")
    if field.sealed:
        return field.kind.mask(value) if len(str(value)) > 6 else str(value)  # noqa: PLR2004  # a tail is no whole
    return (
        str(value)
        if isinstance(value, str) and field.kind.code not in ("choice", "plate")
        else field.kind.show(value, locale)
    )
