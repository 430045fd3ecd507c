"""The proposed mapping: by name in two languages, by content under any name, never two columns to one field."""

import pytest

from app.exchange.mapping import Use
from app.exchange.proposal import propose
from app.exchange.source import open_source
from tests.unit.exchange.world import DATA, ENTITIES, read

VINS = ("LVGBE40K5L4315728", "LFMGJE726N4800752", "LSVAA49JXH6442469")


def proposed(folder, text: str) -> dict[str, str]:
    """Column label → entity.field, or how else it is used."""
    source = read(folder, text)
    mapping = propose(source.header, source.sample(), ENTITIES)
    return {
        column.label: f"{column.target.entity}.{column.target.field}" if column.target else column.use.value
        for column in mapping.columns
    }


def test_the_legacy_list_is_understood_and_what_has_no_field_is_kept_sealed():
    with open_source(DATA / "legacy_customers.csv", "x") as source:
        mapping = propose(source.header, source.sample(), ENTITIES)
    fields = {column.label: column.target.field for column in mapping.columns if column.target}
    assert fields == {
        "客户编号": "number", "姓名": "name", "联系电话": "phone", "车牌号": "plate", "车架号": "vin", "车型": "model",
        "购车日期": "bought_on",
        "当前里程": "mileage", "购买渠道": "channel", "来源": "source", "地址": "address", "备注": "note",
    }  # fmt: skip
    assert [column.label for column in mapping.columns if column.use is Use.SEALED] == ["商业险到期"]
    assert all(column.reason and column.reason.zh for column in mapping.columns)
    assert mapping.problems(ENTITIES) == ()


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("客户姓名*", "customer.name"), ("车主", "customer.name"), ("Customer Name", "customer.name"),
        ("手机号码（必填）", "customer.phone"), ("TEL", "customer.phone"), ("mobilePhone", "customer.phone"),
        ("聯絡電話", "customer.phone"), ("住址", "customer.address"), ("住　址", "customer.address"),
        ("客户来源渠道", "customer.source"), ("销售员", "customer.sales_owner"), ("附注", "customer.note"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_what_people_call_it(tmp_path, label, field):
    value = "13800138000" if field.endswith("phone") else "某个内容"
    assert proposed(tmp_path, f"{label},其他列\n{value},a\n")[" ".join(label.split())] == field


def test_a_column_of_vins_phones_or_plates_is_known_under_any_name(tmp_path):
    rows = "".join(f"{vin},1380013800{at},粤B1234{at}\n" for at, vin in enumerate(VINS))
    assert proposed(tmp_path, f"甲,乙,丙\n{rows}") == {
        "甲": "vehicle.vin",
        "乙": "customer.phone",
        "丙": "vehicle.plate",
    }


def test_of_two_columns_for_one_field_the_fitter_wins_and_the_other_is_sealed(tmp_path):
    rows = "张三,无效,13800138000\n李四,也无效,13900139000\n王五,空号,13700137000\n"
    found = proposed(tmp_path, f"姓名,电话,手机号\n{rows}")
    assert (found["手机号"], found["电话"]) == ("customer.phone", "sealed")


def test_a_name_whose_contents_do_not_fit_is_not_believed(tmp_path):
    found = proposed(tmp_path, "姓名,车架号\n张三,红色\n李四,白色\n王五,蓝色\n")
    assert found["车架号"] == "sealed"


def test_somebody_elses_number_is_not_the_customers(tmp_path):
    found = proposed(tmp_path, "姓名,紧急联系人电话,电话\n张三,13800138000,13900139000\n")
    assert (found["紧急联系人电话"], found["电话"]) == ("sealed", "customer.phone")


def test_empty_columns_row_numbers_and_an_earlier_report_are_skipped(tmp_path):
    found = proposed(tmp_path, "序号,姓名,传真,行号,栏目,原因\n1,张三,,70,电话,错\n2,李四,,8,电话,错\n")
    assert found == {
        "序号": "skip",
        "姓名": "customer.name",
        "传真": "skip",
        "行号": "skip",
        "栏目": "skip",
        "原因": "skip",
    }


def test_a_column_called_number_or_reason_that_holds_data_is_not_skipped(tmp_path):
    found = proposed(tmp_path, "No.,姓名,原因\n880123,张三,换车\n880999,李四,增购\n")
    assert found == {"No.": "customer.number", "姓名": "customer.name", "原因": "sealed"}


def test_read_only_fields_and_links_between_the_imported_are_never_proposed(tmp_path):
    found = proposed(tmp_path, "姓名,评分,车主\n张三,5,李四\n")
    assert found["评分"] == "sealed"
    assert found["车主"] == "sealed"
