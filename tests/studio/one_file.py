"""A table in code in one file, used as its author would see it: python -m tests.studio.one_file <installation>."""

import json
import re
import sys

from app.core.action import EVERYTHING
from app.core.entity import Grant
from app.core.scope import Reach
from app.fields import Date, Integer, Reference, Text
from app.models.base import Record, about, field
from tests.studio.elsewhere import settings


class KeyLoan(Record):
    """Who has the key of which car."""

    about = about(
        "钥匙借用", "Key loan", "Key loans",
        group="service", icon="key", title="number", grants=(Grant("sales_manager", EVERYTHING, Reach.STORE),),
    )  # fmt: skip

    number = field(Text(20), "钥匙号", "Key number", required=True, unique=True, search=True)
    borrower = field(Reference("employee"), "借用人", "Borrower")
    hours = field(Integer(min=1, max=72), "小时", "Hours", required=True, default=2)
    due_on = field(Date(), "应还日期", "Due on", index=True)


def main(home: str, secrets: str, database: str) -> None:
    """Installs the product with the table above, uses its pages and API, and prints what came of it as JSON."""
    from tests.appkit import install

    premises = install(settings(home, secrets, database))
    desk, caller = premises.desk("manager", language="en"), premises.caller("manager")
    added = desk.post("/data/key_loan/add", data={"number": "K1"})
    number = added.headers.get("Location", "").rsplit("/", 1)[-1]
    answers = {
        "form": desk.get("/data/key_loan/add").text,
        "list": desk.get("/data/key_loan/").text,
        "record": desk.get(f"/data/key_loan/{number}").text,
        "trail": desk.get(f"/data/key_loan/{number}?tab=trail").text,
        "home": desk.get("/").text,
    }
    told = {name: " ".join(re.sub(r"<[^>]+>", " ", page).split()) for name, page in answers.items()}
    told["controls"] = " ".join(sorted(set(re.findall(r'name="(\w+)"', answers["form"]))))
    told["api"] = caller.get(f"/api/v1/data/key_loan/{number}").get_json()["result"]
    told["refused"] = premises.desk("outsider").get(f"/data/key_loan/{number}").status_code
    told["wrong"] = caller.post("/api/v1/data/key_loan/", json={"number": "K2", "hours": 99}).status_code
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
