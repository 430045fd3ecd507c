"""Employee (员工): who works at a store, and through which account."""

from app.core.field import Privacy
from app.fields import Date, Integer, Phone, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION


class Employee(Record):
    """A person on a store's staff; records are owned by employees, sign-in belongs to the account."""

    about = about(
        "员工",
        "Employee",
        "Employees",
        group="organisation",
        rank=40,
        icon="id-badge-2",
        title="name",
        offered="left_on",
        order="number",
        team="team",
        grants=ORGANISATION,
        list=("name", "number", "team", "job", "mobile", "hired_on", "left_on"),
        unique=(("number",),),
    )

    number = field(Text(20), "工号", "Staff number", required=True, index=True, search=True)
    name = field(Text(60, names=True), "姓名", "Name", required=True, search=True, privacy=Privacy.PERSONAL)
    department = field(Reference("department"), "部门", "Department")
    team = field(Reference("team"), "小组", "Team")
    job = field(Text(40), "岗位", "Position")
    mobile = field(Phone(), "手机", "Mobile", privacy=Privacy.SEALED, search=True)
    hired_on = field(Date(), "入职日期", "Hired on")
    left_on = field(Date(), "离职日期", "Left on")
    user_id = field(Integer(min=1), "登录账号", "Account", readonly=True)
