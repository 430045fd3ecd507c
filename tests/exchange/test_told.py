"""The importer finds in his inbox what became of each step of his import, and nobody else does."""

from tests.appkit import Premises
from tests.exchange.conftest import VIN, Wizard, lines


def told(premises: Premises, part: str = "manager") -> list[tuple[str, str, str, str]]:
    sql = "SELECT title ->> 'zh', note ->> 'zh', href, level FROM work.inbox WHERE user_id = %s ORDER BY id"
    return [tuple(row) for row in premises.run(sql, premises.users[part])]


def test_each_step_of_an_import_is_told_with_its_numbers(premises: Premises, manager: Wizard) -> None:
    number = manager.through(lines(f"赵一,13700137001,{VIN[0]},沪A12345,", "钱二,138,,,"))
    manager.undo(number)
    here = f"/import/{number}"
    assert told(premises) == [
        ("导入已核对，等您确认", f"第 {number} 号导入：1 行不能导入，请确认其余的。", here, "info"),
        ("导入完成", f"第 {number} 号导入：新增 2 条，不能导入 1 行。", here, "warn"),
        ("导入已撤销", f"第 {number} 号导入写入的内容已撤销。", here, "good"),
    ]
    assert told(premises, "consultant") == told(premises, "admin") == []
    page = manager.desk.get("/inbox/").text
    assert "赵一" not in page
    assert "导入完成" in page
    assert "收件箱，3 条未读" in page


def test_an_import_that_stopped_says_why(premises: Premises, manager: Wizard) -> None:
    number = manager.begun(lines(f"赵一,13700137001,{VIN[0]},沪A12345,"))
    manager.check(number)
    manager.desk.post(f"/import/{number}/run")
    premises.run("UPDATE role_grant SET actions = array_remove(actions, 'import')")
    manager.run_due()
    assert manager.state(number) == "failed"
    title, note, href, level = told(premises)[-1]
    assert (title, href, level) == ("导入停下了", f"/import/{number}", "danger")
    assert "权限已变化" in note
