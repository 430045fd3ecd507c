"""Roles on the screen: set with the effect seen before, refused where it would go wrong, asked why."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson
import psycopg
import pytest
from werkzeug.test import TestResponse

from tests.appkit import Desk, Premises
from tests.make import Make

ROLES = {"consultant": "sales_consultant", "administrator": "administrator", "officer": "security_officer"}


@pytest.fixture
def admin(premises: Premises) -> Desk:
    return premises.desk("admin")


@pytest.fixture
def role(premises: Premises) -> Iterator[int]:
    """A role like the sales consultants', held by the newcomer alone; it goes with the test."""
    with premises.connect(autocommit=True) as connection:
        connection.execute("SELECT gate.announce_system('r-rights')")
    source = number(premises, "sales_consultant")
    premises.run("INSERT INTO ab_role (name) VALUES ('试用角色')")
    made = number(premises, "试用角色")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT %s, entity, actions, reach FROM role_grant"
        " WHERE role_id = %s", made, source,
    )  # fmt: skip
    premises.run("INSERT INTO gate.role_base VALUES (%s, 'sales_consultant')", made)
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users["newcomer"], made)
    yield made
    premises.run("DELETE FROM gate.role_base WHERE role_id IN (SELECT id FROM ab_role WHERE name LIKE '试用%%')")
    premises.run("DELETE FROM ab_role WHERE name LIKE '试用%%'")


def number(premises: Premises, name: str) -> int:
    return int(premises.one("SELECT id FROM ab_role WHERE name = %s", name))


def ticked(page: str) -> dict[str, list[str]]:
    """What a matrix would post as it stands."""
    form: dict[str, list[str]] = {}
    for name, options in re.findall(r'<select [^>]*name="(reach\.\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = re.findall(r'<option value="(\w+)" selected>', options)
    for name, value in re.findall(r'name="(do\.\w+)" value="(\w+)" checked', page):
        form.setdefault(name, []).append(value)
    form["print"] = re.findall(r'name="print" value="(\w+)"', page)
    return form


def previewed(admin: Desk, role: int, **changes: object) -> TestResponse:
    """The preview of a change: `customer` = (reach, *verbs)."""
    form = ticked(admin.get(f"/rights/{role}").text)
    for noun, (reach, *verbs) in changes.items():
        form[f"reach.{noun}"], form[f"do.{noun}"] = [reach], list(verbs)
    return admin.post(f"/rights/{role}/preview", data=form)


def carried(page: str) -> dict[str, str]:
    """What the preview posts when it is confirmed."""
    found = dict(re.findall(r'<input type="hidden" name="(wanted|print)" value="([^"]*)"', page))
    return {name: value.replace("&#34;", '"').replace("&quot;", '"') for name, value in found.items()}


def granted(premises: Premises, role: int, entity: str) -> list[tuple[list[str], str]]:
    return premises.run("SELECT actions, reach FROM role_grant WHERE role_id = %s AND entity = %s", role, entity)


def test_a_change_is_seen_before_it_is_saved_and_holds_at_once(premises: Premises, make: Make, admin: Desk, role: int):
    customer = make.customer()
    newcomer = premises.desk("newcomer")
    assert newcomer.get(f"/data/customer/{customer}").status_code == 200
    before = granted(premises, role, "customer")
    page = previewed(admin, role, customer=("own", "list", "read"), bay=("store",))
    assert page.status_code == 200, page.text
    assert "本店：列表、查看、新增、修改、看完整号码、整号查找" in page.text
    assert "本人：列表、查看" in page.text
    assert "孙新人（浦东店）：客户 少了新增、修改、看完整号码、整号查找，范围变小" in page.text
    assert "孙新人（浦东店）：工位 少了列表、查看" in page.text
    assert granted(premises, role, "customer") == before, "a preview saves nothing"
    saved = admin.post(f"/rights/{role}", data=carried(page.text))
    assert saved.status_code == 303, saved.text
    assert granted(premises, role, "customer") == [(["list", "read"], "own")]
    assert granted(premises, role, "bay") == []
    assert newcomer.get(f"/data/customer/{customer}").status_code == 404
    assert newcomer.get("/data/bay/").status_code == 403
    acts = "SELECT action, actor_name FROM trail.entry WHERE entity = 'role' AND record_id = %s"
    assert premises.run(acts, role) == [("rights", "系统管理员")], "the act; the rows it changed beside it"
    past = admin.get(f"/rights/{role}").text.partition("最近的改动")[2]
    assert "系统管理员" in past
    assert "工位：本店：列表、查看 → 无" in past


def test_nothing_changed_says_so(admin: Desk, role: int):
    answer = previewed(admin, role)
    assert answer.status_code == 303
    assert "没有改动" in admin.get(answer.headers["Location"]).text


def test_what_is_odd_is_said_before_saving(admin: Desk, role: int):
    page = previewed(admin, role, customer=("store", "create"), bay=("own", "list"), lead=("store", "list", "import"))
    assert "没有“列表”和“查看”" in page.text
    assert "工位：没有负责人一项，范围“本人”看不到任何记录" in page.text
    assert "线索：导入需要同时允许新增" in page.text


def test_of_two_who_edit_one_role_the_second_is_told_and_nothing_is_half_saved(
    premises: Premises, admin: Desk, role: int
):
    first, second = (previewed(admin, role, bay=("store", *verbs)) for verbs in (("list",), ("list", "read", "update")))
    assert admin.post(f"/rights/{role}", data=carried(first.text)).status_code == 303
    late = admin.post(f"/rights/{role}", data=carried(second.text))
    assert late.status_code == 422
    assert "别人刚改过这个角色" in late.text
    assert granted(premises, role, "bay") == [(["list"], "store")]
    assert re.search(r'name="do\.bay" value="update" checked', late.text), "what was ticked is not lost"


def test_nobody_changes_a_role_he_holds_nor_gives_himself_one(premises: Premises, admin: Desk, role: int):
    own = number(premises, "administrator")
    page = admin.get(f"/rights/{own}")
    assert "您自己持有" in page.text
    assert "看看会影响谁" not in page.text
    seen = re.findall(r'name="print" value="(\w+)"', page.text)[0]
    wanted = orjson.dumps({"customer": {"a": ["list", "read"], "r": "group"}}).decode()
    refused = admin.post(f"/rights/{own}", data={"wanted": wanted, "print": seen})
    assert refused.status_code == 422
    assert "不能修改自己持有的角色" in refused.text
    answer = admin.post(f"/rights/{role}/people", data={"add": "admin"})
    assert answer.status_code == 422
    assert "不能给自己加减角色" in answer.text
    assert (
        premises.run("SELECT 1 FROM ab_user_role WHERE user_id = %s AND role_id = %s", premises.users["admin"], role)
        == []
    )


def test_the_last_who_can_set_rights_keeps_the_right(premises: Premises, make: Make, role: int):
    """A second administrator may not take it from the only other one and then lose his own."""
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'rights', '{list,read,update}', 'group')",
        role,
    )
    second, own = premises.desk("newcomer"), number(premises, "administrator")
    taken = second.post(f"/rights/{own}/people", data={"remove": str(premises.users["admin"])})
    assert taken.status_code == 303, "the newcomer remains"
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users["admin"], own)
    admin = premises.desk("admin")
    page = previewed(admin, role, rights=("group", "list"))
    assert page.status_code == 200, "an administrator is left"
    premises.run("DELETE FROM role_grant WHERE role_id = %s AND entity = 'rights'", own)
    refused = previewed(second, own, customer=("group", "list"))
    assert refused.status_code == 200
    # Whoever is the last of them cannot be taken off the role that lets him.
    third = premises.desk("newcomer").post(f"/rights/{role}/people", data={"remove": str(premises.users["newcomer"])})
    assert third.status_code == 422
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES"
        " (%s, 'rights', '{create,delete,list,read,update}', 'group')", own,
    )  # fmt: skip


def test_tending_rights_and_judging_the_trail_stay_apart(premises: Premises, admin: Desk):
    officer = number(premises, "security_officer")
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users["newcomer"], officer)
    try:
        own = number(premises, "administrator")
        refused = admin.post(f"/rights/{own}/people", data={"add": "newcomer"})
        assert refused.status_code == 422
        assert "不能既是系统管理员又是安全官" in refused.text
    finally:
        premises.run("DELETE FROM ab_user_role WHERE user_id = %s", premises.users["newcomer"])


def test_a_clone_grants_the_same_and_counts_as_what_it_was_made_from(premises: Premises, make: Make, admin: Desk):
    source = number(premises, "sales_manager")
    answer = admin.post(f"/rights/{source}/clone", data={"name": "试用主管"})
    assert answer.status_code == 303, answer.text
    made = number(premises, "试用主管")
    try:
        grants = "SELECT entity, actions, reach FROM role_grant WHERE role_id = %s ORDER BY 1, 3"
        assert premises.run(grants, made) == premises.run(grants, source)
        assert admin.post(f"/rights/{source}/clone", data={"name": "试用主管"}).status_code == 422
        assert admin.post(f"/rights/{source}/clone", data={"name": "  "}).status_code == 422
        assert admin.post(f"/rights/{made}/people", data={"add": "newcomer"}).status_code == 303
        assert {"试用主管", "sales_manager"} <= premises.actor("newcomer").roles
        lost = make.record("opportunity", lost_reason="price", competitor="轩逸")
        premises.run("UPDATE opportunity SET stage = 'lost_pending' WHERE id = %s", lost)
        page = premises.desk("newcomer").get(f"/data/opportunity/{lost}").text
        assert "确认战败" in page, "what sales managers judge, the clone judges"
        held = admin.post(f"/rights/{made}/remove")
        assert held.status_code == 422
        assert "还有人持有" in held.text
        assert admin.post(f"/rights/{made}/people", data={"remove": str(premises.users["newcomer"])}).status_code == 303
        assert admin.post(f"/rights/{made}/remove").status_code == 303
        assert premises.run("SELECT 1 FROM ab_role WHERE id = %s", made) == []
    finally:
        premises.run("DELETE FROM ab_user_role WHERE role_id = %s", made)
    assert admin.post(f"/rights/{source}/remove").status_code == 422, "a shipped role stays"


def test_two_roles_are_laid_side_by_side(premises: Premises, admin: Desk, role: int):
    same = admin.get(f"/rights/compare?first={role}&second={number(premises, 'sales_consultant')}").text
    assert "完全相同" in same
    other = admin.get(f"/rights/compare?first={role}&second={number(premises, 'technician')}").text
    assert "本店：列表、查看、新增、修改、看完整号码、整号查找" in other


def test_a_role_goes_through_a_file(premises: Premises, admin: Desk, role: int):
    source = number(premises, "technician")
    content = admin.get(f"/rights/{source}/export.json").data
    page = admin.post(
        f"/rights/{role}/file", data={"file": (io.BytesIO(content), "role.json")}, content_type="multipart/form-data"
    )
    assert page.status_code == 200, page.text
    assert admin.post(f"/rights/{role}", data=carried(page.text)).status_code == 303
    grants = "SELECT entity, actions, reach FROM role_grant WHERE role_id = %s AND actions <> '{}' ORDER BY 1, 3"
    assert premises.run(grants, role) == premises.run(grants, source)
    for broken in (
        b"",
        b"[]",
        b'{"rights": {"nosuch": {"a": ["list"], "r": "store"}}}',
        b'{"rights": {"bay": {"a": ["fly"], "r": "x"}}}',
    ):
        sent = {"file": (io.BytesIO(broken), "role.json")}
        answer = admin.post(f"/rights/{role}/file", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422, broken


@pytest.mark.parametrize(
    ("part", "status"), [("auditor", 200), ("boss", 403), ("manager", 403), ("consultant", 403), ("nobody", 302)]
)
def test_who_sees_roles_and_who_sets_them(part: str, status: int, premises: Premises, role: int):
    desk = premises.desk(part)
    for path in (
        "/rights/",
        f"/rights/{role}",
        "/rights/why",
        f"/rights/compare?first={role}",
        f"/rights/{role}/export.json",
    ):
        assert desk.get(path).status_code == status, path
    for path in ("", "/preview", "/people", "/clone", "/remove", "/file"):
        assert desk.post(f"/rights/{role}{path}").status_code in {403, 302, 401}, path
    assert granted(premises, role, "bay") != []


@pytest.mark.parametrize("path", ["999999", "0", "99999999999999999999", "compare?first=x", "compare?first=999999"])
def test_a_role_there_is_none_of(path: str, admin: Desk):
    assert admin.get(f"/rights/{path}").status_code == 404


def test_nobody_is_given_a_role_there_is_none_of(admin: Desk):
    for path in ("people", "preview", "clone", "remove", "file"):
        assert admin.post(f"/rights/999999/{path}", data={"add": "newcomer"}).status_code == 404, path
    assert admin.post("/rights/5/people", data={"remove": "x"}).status_code == 404
    for wanted in (
        "",
        "[]",
        '{"bay": 1}',
        '{"bay": {"a": ["fly"], "r": "store"}}',
        '{"nosuch": {"a": [], "r": "store"}}',
    ):
        assert admin.post("/rights/5", data={"wanted": wanted, "print": ""}).status_code == 422, wanted


def test_why_tells_role_reach_record_and_fields(premises: Premises, make: Make, admin: Desk):
    here, there = make.customer(), make.customer(store="XH")
    asked = f"/rights/why?who=consultant&entity=customer&action=update&record={here}"
    page = admin.get(asked).text
    assert "可以" in page
    assert "角色“销售顾问”：列表、查看、新增、修改、看完整号码、整号查找，范围本店" in page
    assert "这条记录在范围内" in page
    beyond = admin.get(asked.replace(str(here), str(there))).text
    assert "不可以" in beyond
    assert "对他等于不存在" in beyond
    none = admin.get("/rights/why?who=consultant&entity=customer&action=delete").text
    assert "没有任何角色允许“删除客户”" in none
    assert admin.get("/rights/why?who=谁也不是&entity=customer").text.count("没有找到这个人") == 1
    masked = re.search(r"手机</th>.*?</tr>", page, re.DOTALL)
    assert masked
    assert "打码" in masked[0]
    assert "明文" in masked[0]


def test_why_agrees_with_what_happens(premises: Premises, make: Make, admin: Desk):
    records = {"PD": make.customer(), "XH": make.customer(store="XH")}
    for part in ("boss", "manager", "consultant", "technician", "outsider", "auditor", "newcomer"):
        login = premises.one("SELECT username FROM ab_user WHERE id = %s", premises.users[part])
        for record in records.values():
            opens = premises.desk(part).get(f"/data/customer/{record}").status_code == 200
            page = admin.get(f"/rights/why?who={login}&entity=customer&action=read&record={record}").text
            assert ("<strong>可以</strong>" in page) == opens, (part, record)
            names = page.partition("谁能看到这条记录")[2]
            name = premises.one("SELECT name FROM employee WHERE user_id = %s", premises.users[part])
            if name:
                assert (f"{name}（" in names) == opens, (part, record)


def test_two_who_take_the_right_from_each_other_at_once_do_not_both(premises: Premises, role: int):
    """The second waits for the first and then is refused: somebody can still set rights."""
    own = number(premises, "administrator")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'rights', '{list,read,update}', 'group')",
        role,
    )
    admin, newcomer = premises.users["admin"], premises.users["newcomer"]
    take = "SELECT gate.give_role(%s, %s, false)"
    with premises.connect("web") as one, premises.connect("web") as two, ThreadPoolExecutor(1) as hand:
        for connection, part in ((one, "admin"), (two, "newcomer")):
            connection.execute("SELECT gate.announce(%s, 'r-race')", (premises.session(part),))
        one.execute(take, (newcomer, role))
        second = hand.submit(two.execute, take, (admin, own))
        assert not second.done()
        one.commit()
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            second.result(10)
        assert refused.value.diag.constraint_name == "rights_last"
    assert premises.run("SELECT 1 FROM ab_user_role WHERE user_id = %s AND role_id = %s", admin, own)


def test_the_last_tenders_account_is_not_closed(premises: Premises):
    with premises.connect() as connection, pytest.raises(psycopg.errors.CheckViolation) as refused:
        connection.execute("UPDATE ab_user SET active = false WHERE id = %s", (premises.users["admin"],))
    assert refused.value.diag.constraint_name == "rights_last"
    with premises.connect() as connection:
        connection.execute("UPDATE ab_user SET active = false WHERE id = %s", (premises.users["technician"],))
        connection.rollback()


@pytest.mark.parametrize(
    "call",
    [
        "gate.roles()", "gate.role_rights(1)", "gate.holders(1)", "gate.accounts('', 5)",
        "gate.profile_of(1, 'customer')",
        "gate.role_history(1, 5)", "gate.set_rights(1, '{}', '')", "gate.rights_effect(1, '{}', '', 5)",
        "gate.clone_role(1, '试用')", "gate.drop_role(1)", "gate.give_role(1, 1, true)", "reached_by(1, 'customer', 1)",
        "seen_by('customer', 1, 5)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["consultant", "boss", "nobody"])
def test_the_database_asks_for_the_right_itself(part: str, call: str, premises: Premises):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {call}")


@pytest.mark.parametrize("call", ["gate.set_rights(1, '{}', '')", "gate.clone_role(1, '试用')", "gate.drop_role(1)",
                                  "gate.give_role(1, 1, true)", "gate.rights_effect(1, '{}', '', 5)"])  # fmt: skip
def test_who_reads_rights_sets_none(call: str, premises: Premises):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("auditor"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {call}")


@pytest.mark.parametrize("call", ["gate.put_rights(1, '{}', '')", "gate.lend(1)", "gate.granted(1)",
                                  "gate.counts_as(1)", "gate.keep_a_tender()", "gate.reach_on(1, '{}')"])  # fmt: skip
def test_what_the_gate_keeps_to_itself_nobody_calls(call: str, premises: Premises):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("admin"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
            connection.execute(f"SELECT * FROM {call}")
