"""Descriptions: every entity in force with its version, and what is stored of those made at run time."""

from collections.abc import Mapping
from typing import Any

from app.console import words as w
from app.console.cells import code, number, plain, sheet, tag, when
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.action import Action
from app.core.entity import Entity
from app.core.label import Label
from app.heads.pages import Cell, Count
from app.records.context import Context

NOTE = Label(
    "写在产品里的表不存描述；在工作室里建的每张表存一份，改一次版本加一。",
    "Tables of the product are described in its code. Each table made in the studio has its description stored, and"
    " every change moves its version.",
)
STORED, IN_FORCE = Label("存下来的描述", "Stored descriptions"), Label("现在生效的", "In force now")
ENTITY, NAMED, FIELDS, VERSION, CHANGED = (
    Label("数据", "Records"),
    Label("表名", "Table"),
    Label("字段", "Fields"),
    Label("版本", "Version"),
    Label("改于", "Changed"),
)
MADE_IN, LATER = Label("来自", "From"), Label("等着清理", "Left to drop")
PRODUCT, STUDIO = Label("产品", "the product"), Label("工作室", "the studio")
REMOVED, LIVES = Label("已删除", "removed"), Label("生效", "in force")
STAMP = Label("结构版本", "Version of all")
NO_STUDIO = Label("还没有在工作室里建过表。", "No table was made in the studio yet.")
_STORED = (
    "SELECT name, version, jsonb_array_length(spec -> 'fields') AS fields, spec -> 'label' AS label, changed_at,"
    " removed_at FROM catalog_entity ORDER BY name LIMIT 1000"
)


class DescriptionsView(ConsoleView):
    """What the tables are."""

    code = "descriptions"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """Stored descriptions first, then everything in force."""
        stored = [dict(row) for row in context.connection.exec_driver_sql(_STORED).mappings()]
        names = {one["name"] for one in stored if one["removed_at"] is None}
        entities = sorted(context.snapshot.entities.values(), key=lambda one: one.name)
        return Told(
            note=text(NOTE),
            counts=(
                Count(text=text(IN_FORCE), value=f"{len(entities):,}"),
                Count(text=text(STORED), value=f"{len(stored):,}"),
                Count(text=text(STAMP), value=f"{context.snapshot.stamp:,}"),
            ),
            sheets=(
                sheet(
                    STORED,
                    (ENTITY, NAMED, w.STATE, VERSION, FIELDS, CHANGED),
                    [stored_row(one) for one in stored],
                    empty=NO_STUDIO,
                    ends=(3, 4),
                ),
                sheet(
                    IN_FORCE,
                    (ENTITY, NAMED, MADE_IN, VERSION, FIELDS),
                    [row(context, one, made=one.name in names) for one in entities],
                    ends=(3, 4),
                ),
            ),
        )


def stored_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One stored description as a line."""
    label = Label(*one["label"]) if one["label"] else Label(one["name"], one["name"])
    return (
        plain(text(label)),
        code(one["name"]),
        tag(REMOVED, "neutral") if one["removed_at"] else tag(LIVES, "ok"),
        number(one["version"]),
        number(one["fields"]),
        when(one["changed_at"]),
    )


def row(context: Context, entity: Entity, *, made: bool) -> tuple[Cell, ...]:
    """One entity in force as a line, leading to its records where the operator may list them."""
    href = f"/data/{entity.name}/" if context.actor.may(Action.LIST, entity.name) else None
    return (
        Cell(text=text(entity.plural), href=href),
        code(entity.name),
        plain(text(STUDIO if made else PRODUCT)),
        number(entity.version),
        number(len(entity.fields)),
    )
